#include "tests/run/script_runs.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

// What a program finds around it, one section behind another. /proc/1/environ is what it was given, before a shell adds
// variables of its own.
constexpr const char* kLook = R"sh(
section() { echo "== $1"; }
section mounts; cat /proc/self/mountinfo
section namespaces; for kind in mnt pid ipc uts net cgroup user time; do echo "$kind $(readlink /proc/self/ns/$kind)"; done
section ids; cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id
grep -E '^(Uid|Gid|Groups|Cap[A-Z][a-z]*|NoNewPrivs|Seccomp|Umask):' /proc/self/status
section program; echo "$$"; pwd; umask; ls /proc/self/fd | wc -l
section hostname; hostname
section environment; tr '\0' '\n' </proc/$$/environ | sort
section dev; cd /dev && find . ! -path './pts/*' ! -path './shm/*' | sort | while read -r name; do
  stat -c '%n %F %a %u %g %t %T' "$name"; readlink "$name"; done
section root; stat -c '%a %u %g' / /etc /tmp /run; ls -a /
section protected
for path in /proc/sys/kernel/hostname /proc/irq/default_smp_affinity; do
  (: >>"$path") 2>/dev/null && echo "wrote $path"; done
for path in /proc/interrupts /proc/keys /proc/timer_list; do echo "$path $(head -c 1 "$path" 2>/dev/null | wc -c)"; done
ls /sys/firmware /proc/acpi /proc/scsi 2>/dev/null
section etc; for file in /etc/hosts /etc/hostname /etc/resolv.conf /etc/passwd; do
  stat -c '%n %F %a %u %g' "$file"; cat "$file"; done
section lo; ip addr show lo
)sh";

std::map<std::string, std::string> sections_of(const std::string& text) {
  std::map<std::string, std::string> sections;
  std::string* at = &sections["before"];
  for (const std::string& line : lines_of(text)) {
    if (line.starts_with("== ")) {
      at = &sections[line.substr(3)];
    } else {
      *at += line + "\n";
    }
  }
  return sections;
}

// "type flags" by target, and of a bind what of the file system is seen. The last mount of a target covers the others.
// Names in slipway's own tmpfs are its own affair.
std::map<std::string, std::string> mount_rows(const std::string& mountinfo, bool of_copy) {
  std::map<std::string, std::string> rows;
  for (const Mount& mount : parse_mounts(mountinfo)) {
    const bool is_root = mount.target == "/";
    const bool differs = is_root && of_copy;  // a copy lies in the store there, in memory here
    rows[mount.target] = (differs ? "" : mount.type + " " + mount.flags) + " " +
                         (is_root || mount.root.starts_with("/file") ? "" : mount.root);
  }
  return rows;
}

// Where they differ, for a message.
std::string differences(const std::map<std::string, std::string>& one,
                        const std::map<std::string, std::string>& other) {
  std::string text;
  for (const auto& [target, row] : one) {
    const auto found = other.find(target);
    if (found == other.end()) text += "only by script: " + target + " " + row + "\n";
    if (found != other.end() && found->second != row) text += target + ": " + row + ", by run: " + found->second + "\n";
  }
  for (const auto& [target, row] : other) {
    if (!one.contains(target)) text += "only by run: " + target + " " + row + "\n";
  }
  return text;
}

// The namespaces that are not the host's.
std::set<std::string> new_namespaces(const Runner& runner, const std::string& section) {
  std::set<std::string> kinds;
  for (const std::string& line : lines_of(section)) {
    const std::string kind = line.substr(0, line.find(' '));
    const std::string host = run(runner.plain({"readlink", "/proc/self/ns/" + kind})).output;
    if (line.substr(kind.size() + 1) + "\n" != host) kinds.insert(kind);
  }
  return kinds;
}

}  // namespace

Outcome script_for(const Runner& runner, const Words& words) {
  Words all = {"plan", "--script"};
  all.insert(all.end(), words.begin(), words.end());
  Outcome outcome = runner.slipway(all);
  INFO(to_text(outcome));
  CHECK(outcome.shell_status() == 0);
  return outcome;
}

Outcome run_script(const Runner& runner, const std::string& text) {
  Outcome outcome = run(runner.plain({"sh", runner.put("script.sh", text)}));
  CHECK_FALSE(outcome.timed_out);
  CHECK(runner.leftovers() == "");
  return outcome;
}

Outcome by_script(const Runner& runner, const Words& words) {
  return run_script(runner, script_for(runner, words).output);
}

Outcome by_run(const Runner& runner, Words words) {
  words.insert(words.begin(), "--tty=no");
  return runner.run(words);
}

void check_same_inside(const Runner& runner, const Words& words, bool of_copy) {
  const Outcome scripted = by_script(runner, words);
  const Outcome wanted = by_run(runner, words);
  INFO("by script:\n" << to_text(scripted) << "\nby run:\n" << to_text(wanted));
  CHECK(scripted.shell_status() == wanted.shell_status());
  CHECK(scripted.errors == wanted.errors);
  auto found = sections_of(scripted.output);
  auto expected = sections_of(wanted.output);
  CHECK(found.size() > 10);
  CHECK(differences(mount_rows(found["mounts"], of_copy), mount_rows(expected["mounts"], of_copy)) == "");
  CHECK(new_namespaces(runner, found["namespaces"]) == new_namespaces(runner, expected["namespaces"]));
  found.erase("mounts");
  found.erase("namespaces");
  for (const auto& [name, text] : found) {
    INFO(name);
    CHECK(text == expected[name]);
  }
}

Words looking(Words options, const std::string& image) {
  options.insert(options.end(), {image, "sh", "-c", kLook});
  return options;
}

Words with_step(const Runner& runner, const std::string& step) {
  const std::string plugin = runner.put("emits-pseudo.so", read_file(SLIPWAY_FIXTURES "/emits-pseudo.so"));
  return {"--plugin-dir", plugin.substr(0, plugin.rfind('/')), "--set",
          R"(pseudo=[{"use":"pseudo-standard"},{"use":"pseudo-etc"},{"use":"emits-pseudo","steps":[)" +
              nlohmann::json(step).dump() + "]}]"};
}

std::string put_source(const Runner& runner) {
  const std::string path = runner.own("src");
  const Outcome made =
      run(runner.plain({"sh", "-c", "mkdir -p $0/d $0/etc && echo of-host > $0/f && chmod 755 $0", path}));
  REQUIRE(made.shell_status() == 0);
  return path;
}

}  // namespace slipway::tests
