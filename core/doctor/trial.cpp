#include "core/doctor/trial.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>

#include "core/doctor/cause.hpp"
#include "core/linux/clock.hpp"
#include "core/linux/id_mapping.hpp"
#include "core/linux/process.hpp"

namespace slipway::doctor {
namespace {

constexpr std::uint64_t kLongest_ns = 2'000'000'000;  // a trial takes milliseconds; only what hangs meets this
constexpr std::size_t kLargestAnswer = std::size_t{1} << 20U;

// Texts over a pipe: each ends with a NUL, which none of them holds.
void add(std::string& to, const std::string& text) {
  for (const char letter : text) to += letter == '\0' ? ' ' : letter;
  to += '\0';
}

std::vector<std::string> texts_in(const std::string& bytes) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\0', at), bytes.size());
    texts.push_back(bytes.substr(at, end - at));
    at = end + 1;
  }
  return texts;
}

// The child's bytes up to its end; an error when that does not come in time. A grandchild may hold the pipe open, so
// the process is watched, too.
Result<std::string> hear(const linux::Fd& pipe, const linux::Process& child) {
  ::fcntl(pipe.get(), F_SETFL, O_NONBLOCK);
  const std::uint64_t deadline = linux::monotonic_ns() + kLongest_ns;
  std::string heard;
  while (true) {
    const std::uint64_t now = linux::monotonic_ns();
    constexpr std::uint64_t kPerMillisecond = 1'000'000;
    const int left_ms = now >= deadline ? 0 : static_cast<int>((deadline - now) / kPerMillisecond) + 1;
    std::array<pollfd, 2> waiting{{{pipe.get(), POLLIN, 0}, {child.pidfd.get(), POLLIN, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), left_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return failure(ETIME, "wait for a trial");
    std::array<char, 4096> some{};
    const ssize_t size = ::read(pipe.get(), some.data(), some.size());
    if (size > 0) heard.append(some.data(), static_cast<std::size_t>(size));
    const bool has_ended = waiting[1].revents != 0 && size <= 0;
    if (size == 0 || has_ended) return heard;
    if (heard.size() > kLargestAnswer) return failure(EFBIG, "read what a trial found");
  }
}

// The result as texts: "ok" and the finds, or the error's parts.
std::string encode(const Result<Finds>& result) {
  std::string bytes;
  if (result) {
    add(bytes, "ok");
    for (const std::string& text : *result) add(bytes, text);
    return bytes;
  }
  const Error& error = result.error();
  for (const std::string& text :
       {std::string("no"), std::to_string(error.code), error.doing, error.subject, error.hint})
    add(bytes, text);
  return bytes;
}

Result<Finds> decode(const std::string& bytes) {
  std::vector<std::string> texts = texts_in(bytes);
  constexpr std::size_t kErrorTexts = 5;
  if (!texts.empty() && texts.front() == "ok") return Finds(texts.begin() + 1, texts.end());
  if (texts.size() != kErrorTexts || texts.front() != "no") return failure(0, "the trial ended without an answer");
  int code = 0;
  std::from_chars(texts[1].data(), texts[1].data() + texts[1].size(), code);
  return tl::unexpected(Error{code, texts[2], texts[3], texts[4]});
}

void die_with_parent() { (void)::prctl(PR_SET_PDEATHSIG, SIGKILL); }

Result<void> become_root_of_namespaces(const linux::Fd& ready, bool has_ids, std::uint64_t namespaces) {
  if (has_ids) {
    char go = 0;
    if (auto mapped = linux::read_exactly(ready, &go, 1); !mapped) ::_exit(1);  // the parent tells why
    if (::setresgid(0, 0, 0) != 0 || ::setresuid(0, 0, 0) != 0)
      return failure(errno, "become root of the user namespace");
    die_with_parent();  // a change of ids clears it; prctl(2)
  }
  if (namespaces != 0 && ::unshare(static_cast<int>(namespaces)) != 0) return failure(errno, kMakeNamespaces);
  return {};
}

[[noreturn]] void be_child(const linux::Fd& answers, const Act& act) {
  auto result = act();
  (void)linux::write_all(answers, encode(result));
  ::_exit(0);
}

}  // namespace

Result<Finds> try_in_namespaces(std::uint64_t namespaces, const linux::IdMap& ids, const Act& act) {
  auto answers = linux::make_pipe();
  if (!answers) return tl::unexpected(answers.error());
  // A socket and no pipe: a child that died early reads nothing, and writing to its pipe would be deadly (SIGPIPE).
  auto ready = linux::make_socket_pair(linux::Socket::stream);
  if (!ready) return tl::unexpected(ready.error());
  const std::uint64_t user = ids.none() ? 0 : std::uint64_t{CLONE_NEWUSER};
  auto child = linux::clone_process((namespaces & CLONE_NEWPID) | user);
  if (!child) return tl::unexpected(child.error());
  if (child->pid == 0) {
    die_with_parent();
    ready->b.reset();
    const std::uint64_t rest = namespaces & ~std::uint64_t{CLONE_NEWPID};
    be_child(answers->b, [&]() -> Result<Finds> {
      if (auto root = become_root_of_namespaces(ready->a, user != 0, rest); !root) return tl::unexpected(root.error());
      return act();
    });
  }
  answers->b.reset();
  ready->a.reset();
  if (user != 0) {
    if (auto mapped = linux::write_id_maps(child->pid, ids); !mapped) {
      linux::end_now(*child);
      return tl::unexpected(mapped.error());
    }
    (void)linux::send_all(ready->b, "g");
  }
  auto heard = hear(answers->a, *child);
  linux::end_now(*child);
  if (!heard) return tl::unexpected(heard.error());
  return decode(*heard);
}

std::vector<Check> look_apart(const std::string& name, const std::function<std::vector<Check>()>& look) {
  constexpr std::size_t kTexts = 5;
  const std::uint64_t begin = linux::monotonic_ns();
  auto answers = linux::make_pipe();
  auto child = answers ? linux::clone_process(0) : tl::unexpected(answers.error());
  if (!child) return look();  // no process is to be had, which a check of its own tells
  if (child->pid == 0) {
    die_with_parent();
    (void)::setpgid(0, 0);  // so that whatever hangs in it can be ended with it
    be_child(answers->b, [&]() -> Result<Finds> {
      Finds texts;
      for (const Check& check : look()) {
        for (const std::string& text :
             {check.name, std::string(to_text(check.state)), check.detail, check.consequence, check.remedy})
          texts.push_back(text);
      }
      return texts;
    });
  }
  answers->b.reset();
  auto heard = hear(answers->a, *child);
  if (!heard) (void)::kill(-child->pid, SIGKILL);
  linux::end_now(*child);
  const std::uint64_t took = linux::monotonic_ns() - begin;
  auto texts = heard ? decode(*heard) : tl::unexpected(heard.error());
  if (!texts) {
    return {{name, State::missing, "looking at it failed: " + sentence(texts.error()), "whether runs work is not known",
             "look at the kernel's log (dmesg), and at file systems that do not answer", took}};
  }
  std::vector<Check> checks;
  for (std::size_t i = 0; i + kTexts <= texts->size(); i += kTexts) {
    const std::string& word = (*texts)[i + 1];
    const State state = word == "ok" ? State::ok : word == "degraded" ? State::degraded : State::missing;
    checks.push_back(
        {(*texts)[i], state, (*texts)[i + 2], (*texts)[i + 3], (*texts)[i + 4], checks.empty() ? took : 0});
  }
  return checks;
}

}  // namespace slipway::doctor
