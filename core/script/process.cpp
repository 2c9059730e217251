// What the program itself has: names, ids, environment, directory.
#include <algorithm>

#include "core/script/quote.hpp"
#include "core/script/rendering.hpp"
#include "core/script/variables.hpp"
#include "core/steps/steps.hpp"

namespace slipway::script {

void render(const steps::Hostname& step, Rendering& to) {
  if (step.source == steps::NameSource::image) return to.call("image_hostname", "");
  // hostname(1) takes letters, digits, dots and dashes; sethostname(2) takes anything, and so does the kernel's file.
  const bool is_usual = std::all_of(step.name.begin(), step.name.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '.' || letter == '-';
  });
  to.line(is_usual && step.name.front() != '-' ? "hostname " + quoted(step.name)
                                               : "printf %s " + quoted(step.name) + " >|/proc/sys/kernel/hostname");
}

void render(const steps::LinkUp& step, Rendering& to) { to.line("ip link set dev " + quoted(step.interface) + " up"); }

void render(const steps::User& step, Rendering& to) {
  to.call("account", quoted(step.user));
  to.has_account = true;
  to.may_change_ids = step.user != "root" && step.user != "0";
  if (to.may_set_groups) {
    if (!step.groups.empty()) to.line("further_groups" + quoted_all(step.groups));
    return;
  }
  to.line("[ \"$uid:$gid\" = 0:0 ] || fail \"the container has no id for $uid:$gid: it has one id, that of root\"");
  if (!step.groups.empty()) to.line("fail 'the container has one id, and so no further groups'");
}

void render(const steps::Environment& step, Rendering& to) {
  // Of several variables of one name the last counts, and the defaults come behind: as when the step is carried out.
  steps::Inside inside;
  const auto says_home_in = [](const std::vector<std::string>& variables) {
    return std::any_of(variables.begin(), variables.end(),
                       [](const std::string& variable) { return variable.starts_with("HOME="); });
  };
  const bool says_home = says_home_in(step.base) || says_home_in(step.variables);
  // What is in the files is read at each start, and is in no plan.
  for (const std::string& file : step.files) to.leave_out("the variables in " + file, Without::weaker);
  steps::Environment without_files = step;
  without_files.files.clear();
  if (auto applied = steps::apply(without_files, inside); !applied)
    to.leave_out("variables, because of: " + sentence(applied.error()), Without::weaker);
  to.environment.clear();
  for (const std::string& variable : inside.environment) {
    if (acts_on_any_program(variable)) {
      to.leave_out("the variable " + variable.substr(0, variable.find('=')) +
                       ", which would act on the host's chroot(1) before the program",
                   Without::weaker);
      continue;
    }
    const bool is_default_home = !says_home && variable.starts_with("HOME=");
    if (is_default_home && !to.has_account) to.line("home=/");
    to.environment.push_back(is_default_home ? "\"HOME=$home\"" : quoted(variable));
  }
}

// Nobody but the plugin knows what it does.
void render(const steps::Call& step, Rendering& to) {
  to.leave_out("what the plugin's function " + step.function + " does", Without::weaker);
}

void render(const steps::Workdir& step, Rendering& to) {
  to.call("inside", quoted(step.path.text));
  to.line("workdir=$at");
}

// env(1) and chroot(1) are the host's, and chroot has the program's variables already. Each becomes the next. "/.."
// leads to what is mounted on "/", and is "/" to chroot, which so leaves the working directory as it is.
void render(const steps::Exec& step, Rendering& to) {
  if (step.init == steps::Init::slipway)
    to.leave_out("slipway's init: the program is the first process itself", Without::as_strong);
  if (!step.end_with.empty()) to.leave_out("the end of the container with its terminal or parent", Without::as_strong);
  if (step.preserve_fds != 0) to.leave_out("the descriptors that the program keeps", Without::as_strong);
  if (to.may_change_ids && !to.has_process_namespace)
    to.leave_out("the end of the program with this script, since there is no process namespace and ids change",
                 Without::as_strong);
  to.line("chroot=$(command -v chroot)");
  std::string last = "exec env -i --default-signal --";
  for (const std::string& variable : to.environment) last += " \\\n  " + variable;
  last += " \\\n  \"$chroot\" --skip-chdir";
  if (to.has_account && to.may_set_groups) last += " --userspec=\"+$uid:+$gid\" --groups=\"$groups\"";
  to.line(last + " /.." + quoted_all(step.args));
}

}  // namespace slipway::script
