#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

const char* hint_for(int code) {
  switch (code) {
    case ENOTDIR:
      return "something that is no directory is in its way: choose another place";
    case ELOOP:
      return "a link in it goes in a circle, or out of the container by way of /proc: choose another place";
    case ENOENT:
    case EPERM:
    case EACCES:
      return "no directory can be made there: choose another place";
    case ENAMETOOLONG:
      return "a name has at most 255 bytes";
    default:
      return "";
  }
}

}  // namespace

std::string summary(const Mkdir& step) { return step.target.text; }

Result<void> apply(const Mkdir& step, Inside& inside) {
  auto made = linux::make_directories_inside(inside.root, step.target.text, step.mode.bits);
  if (!made && made.error().hint.empty()) made.error().hint = hint_for(made.error().code);
  return made;
}

}  // namespace slipway::steps
