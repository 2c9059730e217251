#include "core/steps/steps.hpp"

#include <type_traits>

namespace slipway::steps {
namespace {

// A template, so that overloads are looked for exactly and never through the conversion to Step.
template <class T>
std::string own_problem(const T& step) {
  if constexpr (requires { static_cast<std::string (*)(const T&)>(&problem_of); }) {
    return static_cast<std::string (*)(const T&)>(&problem_of)(step);
  } else {
    return {};
  }
}

template <class T>
constexpr bool is_prepared =
    std::is_same_v<T, Copy> || std::is_same_v<T, Open> || std::is_same_v<T, Scratch> || std::is_same_v<T, Unpack>;

template <class T>
constexpr bool is_applied_inside = !is_prepared<T> && !std::is_same_v<T, Call>;

void add(std::vector<std::string>& names, const Reference& reference) {
  if (!reference.name.empty()) names.push_back(reference.name);
}

}  // namespace

std::string_view type_of(const Step& step) {
  return std::visit([](const auto& one) { return Shape<std::decay_t<decltype(one)>>::type; }, step);
}

std::string summary(const Step& step) {
  return std::visit([](const auto& one) { return summary(one); }, step);
}

std::string problem_of(const Step& step) {
  return std::visit([](const auto& one) { return own_problem(one); }, step);
}

std::optional<Claim> claim_of(const Step& step) {
  if (const auto* mount = std::get_if<Mount>(&step)) return Claim{Claim::Kind::mount, mount->target.text};
  if (const auto* bind = std::get_if<Bind>(&step)) return Claim{Claim::Kind::mount, bind->target.text};
  if (const auto* file = std::get_if<File>(&step)) return Claim{Claim::Kind::mount, file->target.text};
  if (const auto* overlay = std::get_if<Overlay>(&step)) return Claim{Claim::Kind::mount, overlay->target.text};
  if (const auto* mknod = std::get_if<Mknod>(&step)) return Claim{Claim::Kind::node, mknod->target.text};
  if (const auto* symlink = std::get_if<Symlink>(&step)) return Claim{Claim::Kind::node, symlink->link.text};
  if (const auto* write = std::get_if<Write>(&step)) return Claim{Claim::Kind::node, write->target.text};
  return std::nullopt;
}

std::vector<std::string> references_of(const Step& step) {
  std::vector<std::string> names;
  if (const auto* overlay = std::get_if<Overlay>(&step)) {
    for (const Reference& lower : overlay->lower) add(names, lower);
    add(names, overlay->upper);
  }
  if (const auto* call = std::get_if<Call>(&step)) {
    for (const Reference& input : call->inputs) add(names, input);
  }
  if (const auto* copy = std::get_if<Copy>(&step)) {
    for (const Reference& layer : copy->layers) add(names, layer);
    add(names, copy->into);
  }
  if (const auto* bind = std::get_if<Bind>(&step); bind != nullptr && bind->source.is_reference()) {
    names.emplace_back(bind->source.reference());
  }
  return names;
}

std::string label_of(const Step& step) {
  if (auto claim = claim_of(step)) return claim->path;
  if (const auto* mask = std::get_if<Mask>(&step)) return mask->path.text;
  if (const auto* readonly = std::get_if<Readonly>(&step)) return readonly->path.text;
  if (const auto* mkdir = std::get_if<Mkdir>(&step)) return mkdir->target.text;
  if (const auto* call = std::get_if<Call>(&step)) return call->function;
  return std::string(type_of(step));
}

Result<linux::Fd> apply(const Step& step, Preparation& preparation) {
  return std::visit(
      [&](const auto& one) -> Result<linux::Fd> {
        if constexpr (is_prepared<std::decay_t<decltype(one)>>) {
          return apply(one, preparation);
        } else {
          return failure(0, "carry out in the prepare phase", std::string(type_of(step)));
        }
      },
      step);
}

Result<void> apply(const Step& step, Inside& inside) {
  return std::visit(
      [&](const auto& one) -> Result<void> {
        if constexpr (is_applied_inside<std::decay_t<decltype(one)>>) {
          return apply(one, inside);
        } else {
          return failure(0, "carry out inside the container", std::string(type_of(step)));
        }
      },
      step);
}

}  // namespace slipway::steps
