// The C++ face of the plugin boundary: a plugin is a class with one function.
//
//   struct NetLoopback {
//     Options options;  // generated from the manifest's schema: #include "options.hpp"
//     void plan(slipway::Plan& plan) const { plan.link_up({.interface = "lo"}); }
//   };
//   SLIPWAY_PLUGIN(NetLoopback)
//
// All of it is inline and stays inside the plugin; what crosses the border is plugin.h alone. Exceptions become
// reports.
#ifndef SLIPWAY_PLUGIN_HPP
#define SLIPWAY_PLUGIN_HPP

#include <slipway/plugin.h>

#include <concepts>
#include <exception>
#include <slipway/facts.hpp>
#include <slipway/reader.hpp>
#include <slipway/step_json.hpp>
#include <slipway/steps.hpp>

namespace slipway {

/// The result of a step, for a later step's argument. Empty where the step was refused or has no name.
class Handle {
 public:
  Handle() = default;
  explicit Handle(std::string name) : name_(std::move(name)) {}
  [[nodiscard]] const std::string& name() const { return name_; }
  operator steps::Reference() const { return {name_}; }       // NOLINT(google-explicit-constructor)
  operator steps::HostPath() const { return {"@" + name_}; }  // NOLINT(google-explicit-constructor)

 private:
  std::string name_;
};

/// The last first: layers come lowest first, an overlay takes them the other way round.
inline std::vector<steps::Reference> reversed(const std::vector<Handle>& handles) {
  return {handles.rbegin(), handles.rend()};
}

/// What every kind of call can do: read, and tell.
class Boundary {
 public:
  explicit Boundary(const slipway_host* host) : host_(host), reader_(host) {}
  Boundary(const Boundary&) = delete;
  Boundary& operator=(const Boundary&) = delete;
  Boundary(Boundary&&) = delete;
  Boundary& operator=(Boundary&&) = delete;

  [[nodiscard]] const Reader& read() const { return reader_; }
  /// "/options/upper", "/facts/image/id": what is absent ends the call with a report; `read().find<T>` asks first.
  [[nodiscard]] std::string text(std::string_view at) const { return reader_.text(at); }
  [[nodiscard]] std::int64_t integer(std::string_view at) const { return reader_.integer(at); }
  [[nodiscard]] bool boolean(std::string_view at) const { return reader_.boolean(at); }
  [[nodiscard]] std::vector<std::string> texts(std::string_view at) const { return reader_.texts(at); }
  [[nodiscard]] bool has(std::string_view at) const { return reader_.has(at); }
  [[nodiscard]] bool has_fact(std::string_view name) const { return has("/facts/" + pointer_token(name)); }

  /// The call has failed, but may go on to find further problems.
  void error(std::string_view at, std::string_view message, std::string_view hint = {}) {
    failed_ = true;
    report(SLIPWAY_ERROR, at, message, hint);
  }
  void warning(std::string_view at, std::string_view message, std::string_view hint = {}) {
    report(SLIPWAY_WARNING, at, message, hint);
  }
  void info(std::string_view at, std::string_view message, std::string_view hint = {}) {
    report(SLIPWAY_INFO, at, message, hint);
  }

  /// Hands a fact to later stages; its name stands in the manifest's "provides".
  void fact(std::string_view name, std::string_view json) {
    if (host_->fact(host_, detail::to_c(name), detail::to_c(json)) != 0) failed_ = true;
  }

  [[nodiscard]] bool failed() const { return failed_; }

 protected:
  ~Boundary() = default;
  [[nodiscard]] const slipway_host* host() const { return host_; }
  void set_failed() { failed_ = true; }

 private:
  void report(slipway_severity severity, std::string_view at, std::string_view message, std::string_view hint) {
    host_->report(host_, static_cast<std::int32_t>(severity), detail::to_c(at), detail::to_c(message),
                  detail::to_c(hint));
  }

  const slipway_host* host_;
  Reader reader_;
  bool failed_ = false;
};

/// What a plugin of every stage but `image` plans with: one function a step type.
class Plan : public Boundary {
 public:
  using Boundary::Boundary;

  [[nodiscard]] Image image() const { return read().value<Image>("/facts/image"); }
  [[nodiscard]] Settings settings() const { return read().value<Settings>("/facts/image/settings"); }
  [[nodiscard]] std::vector<Layer> layers() const { return read().value<std::vector<Layer>>("/facts/image/layers"); }
  [[nodiscard]] HostFact host() const { return HostFact(read()); }
  [[nodiscard]] IsolationFact isolation() const { return IsolationFact(read()); }

  Handle bind(const steps::Bind& step, steps::Common common = {}) { return add(step, std::move(common)); }
  /// Has the plugin's own `void call(slipway::Call&) const` carry out `step.function`; its manifest needs "step:call".
  /// In the mount phase, where `phase` says nothing else.
  Handle call(const steps::Call& step, steps::Common common = {}, std::optional<steps::Phase> phase = {}) {
    return add(step, std::move(common), phase);
  }
  Handle copy(const steps::Copy& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle environment(const steps::Environment& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle exec(const steps::Exec& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle file(const steps::File& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle hostname(const steps::Hostname& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle link_up(const steps::LinkUp& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle mask(const steps::Mask& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle mkdir(const steps::Mkdir& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle mknod(const steps::Mknod& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle mount(const steps::Mount& step, steps::Common common = {}) { return add(step, std::move(common)); }
  /// Its result is named by `common`.
  Handle open(const steps::Open& step, steps::Common common) { return add(step, std::move(common)); }
  Handle overlay(const steps::Overlay& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle propagation(const steps::Propagation& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle readonly(const steps::Readonly& step, steps::Common common = {}) { return add(step, std::move(common)); }
  /// Named "scratch0", "scratch1" … where `common` names it not.
  Handle scratch(const steps::Scratch& step, steps::Common common = {}) {
    return add(step, named(std::move(common), "scratch", scratches_));
  }
  Handle symlink(const steps::Symlink& step, steps::Common common = {}) { return add(step, std::move(common)); }
  /// Named "layer0", "layer1" … where `common` names it not.
  Handle unpack(const steps::Unpack& step, steps::Common common = {}) {
    return add(step, named(std::move(common), "layer", layers_));
  }
  template <std::same_as<Layer> L>  // a template, so that braces mean steps::Unpack
  Handle unpack(const L& layer, steps::Common common = {}) {
    return unpack(steps::Unpack{layer.diff_id}, std::move(common));
  }
  Handle user(const steps::User& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle workdir(const steps::Workdir& step, steps::Common common = {}) { return add(step, std::move(common)); }
  Handle write(const steps::Write& step, steps::Common common = {}) { return add(step, std::move(common)); }

  /// Any step, in a phase of its own choice where its type has several. A refused one has been reported already.
  template <class S>
  Handle add(const S& step, steps::Common common = {}, std::optional<steps::Phase> phase = {}) {
    return add_json(step_json(step, common, phase)) ? Handle(std::move(common.as)) : Handle();
  }
  /// A step in its JSON form, for a type that this header does not know yet; whether it was taken.
  bool add_json(std::string_view step) {
    const bool is_taken = Boundary::host()->step(Boundary::host(), detail::to_c(step)) == 0;
    if (!is_taken) set_failed();
    return is_taken;
  }

 private:
  static steps::Common named(steps::Common common, std::string_view word, unsigned& counter) {
    if (common.as.empty()) common.as = std::string(word) + std::to_string(counter++);
    return common;
  }

  unsigned layers_ = 0;
  unsigned scratches_ = 0;
};

/// One file, directory or link of an image's source.
struct Entry {
  std::string name{};  ///< as the archive has it: bytes, never to be opened as a path
  std::string link{};  ///< target of a link, else empty
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  char type = 'o';  ///< 'f' file, 'd' directory, 'l' symlink, 'h' hard link, 'o' other
  std::uint32_t source = 0;
};

/// What an image plugin resolves with: its source, always seekable and decompressed.
class Resolve : public Boundary {
 public:
  explicit Resolve(const slipway_host* host) : Boundary(host) {
    const void* found = host->ability == nullptr ? nullptr : host->ability(host, detail::to_c("slipway.source.1"));
    source_ = static_cast<const slipway_source*>(found);
    if (source_ == nullptr) throw Failure("", "slipway shows no image source (slipway.source.1)");
  }

  /// By index from 0; nullopt past the last one.
  [[nodiscard]] std::optional<Entry> entry(std::uint64_t index) const {
    slipway_entry found{};
    if (source_->entry(host(), index, &found) != 0) return std::nullopt;
    return from_c(found);
  }
  /// By name, the last of several; nullopt where there is none.
  [[nodiscard]] std::optional<Entry> find(std::string_view name) const {
    slipway_entry found{};
    if (source_->find(host(), detail::to_c(name), &found) != 0) return std::nullopt;
    return from_c(found);
  }
  /// Throws a Failure where the source is shorter than it says.
  void read_bytes(std::uint32_t source, std::uint64_t offset, void* to, std::uint64_t size) const {
    if (source_->read(host(), source, offset, to, size) != 0) {
      throw Failure("", "the image source ends early, or can't be read");
    }
  }
  /// A whole file. Throws a Failure where it is longer than `limit`.
  [[nodiscard]] std::string read_text(const Entry& entry, std::uint64_t limit) const {
    if (entry.size > limit) {
      throw Failure("", entry.name + " is " + std::to_string(entry.size) + " bytes long; at most " +
                            std::to_string(limit) + " are read");
    }
    std::string text(static_cast<std::size_t>(entry.size), '\0');
    if (entry.size > 0) read_bytes(entry.source, entry.offset, text.data(), entry.size);
    return text;
  }

 private:
  static Entry from_c(const slipway_entry& found) {
    return {detail::from_c(found.name),
            detail::from_c(found.link),
            found.offset,
            found.size,
            static_cast<char>(found.type),
            found.source};
  }

  const slipway_source* source_ = nullptr;
};

/// One `call` step as it is carried out, in a process of its own. What is read here are the step's arguments:
/// `text("/arguments/name")`.
class Call : public Boundary {
 public:
  Call(const slipway_host* host, const slipway_call* call) : Boundary(host), call_(call) {}

  [[nodiscard]] std::string function() const { return detail::from_c(call_->function); }
  /// "prepare", "attach", "mount" or "seal".
  [[nodiscard]] std::string phase() const { return detail::from_c(call_->phase); }
  /// Take back what the same call did, as far as it is there; more than once does no harm.
  [[nodiscard]] bool undoes() const { return call_->undo != 0; }
  /// A borrowed descriptor, in the step's order; -1 where an undo has it no more.
  [[nodiscard]] int input(std::size_t index) const {
    if (index >= call_->input_count) throw Failure("", "the call has no input " + std::to_string(index));
    return call_->inputs[index];
  }
  [[nodiscard]] std::size_t inputs() const { return static_cast<std::size_t>(call_->input_count); }
  /// What the step names by "as": becomes slipway's own, so do not close it.
  void give(int descriptor) { *call_->result = descriptor; }

 private:
  const slipway_call* call_;
};

namespace detail {

template <class P>
concept Calls = requires(const P& plugin, Call& call) {
  plugin.call(call);
};
template <class P>
concept Plans = requires(const P& plugin, Plan& plan) {
  plugin.plan(plan);
};
template <class P>
concept PlansImage = requires(const P& plugin, const Image& image, Plan& plan) {
  plugin.plan(image, plan);
};
template <class P>
concept Resolves = requires(const P& plugin, Resolve& resolve) {
  plugin.resolve(resolve);
};

inline void report_failure(const slipway_host* host, std::string_view at, std::string_view message,
                           std::string_view hint = {}) {
  host->report(host, SLIPWAY_ERROR, to_c(at), to_c(message), to_c(hint));
}

/// Makes the object, runs one call on it and turns whatever it throws into a report. Options are there where something
/// is planned or resolved.
template <class P, class S, class Function, class... More>
std::int32_t enter(const slipway_host* host, Function function, More... more) noexcept {
  try {
    S session(host, more...);
    P plugin{};
    if constexpr (requires { plugin.options; } && !std::same_as<S, Call>) {
      plugin.options = std::remove_cvref_t<decltype(plugin.options)>::read(session.read(), "/options");
    }
    function(std::as_const(plugin), session);
    return session.failed() ? 1 : 0;
  } catch (const Failure& failure) {
    report_failure(host, failure.at(), failure.what(), failure.hint());
  } catch (const std::exception& thrown) {
    report_failure(host, "", std::string("the plugin threw: ") + thrown.what());
  } catch (...) {
    report_failure(host, "", "the plugin threw something that is no std::exception");
  }
  return 1;
}

template <class P>
std::int32_t plan(const slipway_host* host) noexcept {
  return enter<P, Plan>(host, [](const P& plugin, Plan& session) {
    if constexpr (PlansImage<P>) {
      const Image image = session.image();
      plugin.plan(image, session);
    } else {
      plugin.plan(session);
    }
  });
}

template <class P>
std::int32_t resolve(const slipway_host* host) noexcept {
  return enter<P, Resolve>(host, [](const P& plugin, Resolve& session) { plugin.resolve(session); });
}

template <class P>
std::int32_t call(const slipway_host* host, const slipway_call* step) noexcept {
  return enter<P, Call>(
      host, [](const P& plugin, Call& session) { plugin.call(session); }, step);
}

template <class P>
constexpr slipway_plugin describe() {
  static_assert(Plans<P> || PlansImage<P> || Resolves<P>,
                "a plugin has `void plan(slipway::Plan&) const`, `void plan(const slipway::Image&, slipway::Plan&) "
                "const` or, in the image stage, `void resolve(slipway::Resolve&) const`");
  slipway_plugin plugin{};
  plugin.struct_size = sizeof(slipway_plugin);
  plugin.abi_major = SLIPWAY_ABI_MAJOR;
  plugin.abi_minor = SLIPWAY_ABI_MINOR;
  if constexpr (Plans<P> || PlansImage<P>) plugin.plan = &detail::plan<P>;
  if constexpr (Resolves<P>) plugin.resolve = &detail::resolve<P>;
  if constexpr (Calls<P>) plugin.call = &detail::call<P>;
  return plugin;
}

}  // namespace detail
}  // namespace slipway

/// Exports the class as this library's plugin. Stands once, outside of any namespace.
#define SLIPWAY_PLUGIN(Class) constinit const slipway_plugin slipway_plugin_1 = slipway::detail::describe<Class>();

#endif
