#include "core/script/rendering.hpp"

#include <utility>

#include "core/script/quote.hpp"

namespace slipway::script {

void Rendering::call(const std::string& function, const std::string& arguments) {
  need(function);
  line(function + (arguments.empty() ? "" : " ") + arguments);
}

void Rendering::leave_out(const std::string& what, Without without) {
  left_out_.push_back({step, what, without});
  text_ += comment("left out: " + what);
}

std::string Rendering::take_text() { return std::exchange(text_, {}); }

std::string below_root(const steps::Path& path) { return quoted(path.text == "/" ? "root" : "root" + path.text); }

std::string parent_of(const steps::Path& path) {
  const std::size_t slash = path.text.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.text.substr(0, slash);
}

std::string words_of(const std::vector<steps::MountFlag>& flags) {
  std::string text;
  for (const steps::MountFlag flag : flags) {
    text += text.empty() ? "" : ",";
    text += steps::Words<steps::MountFlag>::words.at(static_cast<std::size_t>(flag));
  }
  return text;
}

}  // namespace slipway::script
