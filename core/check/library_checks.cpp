// What a library's file tells without being loaded.
#include <slipway/plugin.h>

#include <algorithm>
#include <array>

#include "core/check/elf.hpp"
#include "core/check/subject.hpp"
#include "core/config/config.hpp"
#include "core/plan/facts.hpp"
#include "sdk/host/dependencies.hpp"
#include "sdk/host/entry.hpp"

namespace slipway::check {
namespace {

constexpr std::size_t kLargestLibrary = std::size_t{512} << 20U;
constexpr const char* kSymbol = "slipway_plugin_1";

struct Seen {
  const Subject& subject;
  const Library& library;
  const host::Dependencies& dependencies;
};
struct Found {
  Verdict verdict = Verdict::ok;
  std::string text{};
  std::string remedy{};
};
Found ok(std::string text) { return {Verdict::ok, std::move(text), {}}; }
Found note(std::string text) { return {Verdict::note, std::move(text), {}}; }
Found failed(std::string text, std::string remedy) { return {Verdict::failed, std::move(text), std::move(remedy)}; }

bool has(const std::vector<std::string>& sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

// What a plan can have no use for, and what it would do.
struct Unwanted {
  std::string_view name;
  std::string_view what;
};
constexpr auto kUnwanted = std::to_array<Unwanted>({
    {"accept", "network"},
    {"bind", "network"},
    {"chroot", "the process's root"},
    {"clone", "processes"},
    {"connect", "network"},
    {"daemon", "processes"},
    {"execl", "programs"},
    {"execle", "programs"},
    {"execlp", "programs"},
    {"execv", "programs"},
    {"execve", "programs"},
    {"execvp", "programs"},
    {"execvpe", "programs"},
    {"fexecve", "programs"},
    {"fork", "processes"},
    {"getaddrinfo", "network"},
    {"init_module", "the kernel"},
    {"listen", "network"},
    {"mount", "mounts"},
    {"pivot_root", "mounts"},
    {"popen", "programs"},
    {"posix_spawn", "programs"},
    {"posix_spawnp", "programs"},
    {"ptrace", "other processes"},
    {"reboot", "the machine"},
    {"setns", "namespaces"},
    {"setuid", "the process's user"},
    {"setgid", "the process's user"},
    {"socket", "network"},
    {"socketpair", "network"},
    {"system", "programs"},
    {"umount", "mounts"},
    {"umount2", "mounts"},
    {"unshare", "namespaces"},
    {"vfork", "processes"},
});

Found exports_one_symbol(const Seen& seen) {
  std::vector<std::string> others;
  for (const std::string& name : seen.library.exports) {
    if (name != kSymbol) others.push_back(name);
  }
  if (others.size() == seen.library.exports.size())
    return failed(std::string("does not export ") + kSymbol, host::kHowToExport);
  if (others.empty()) return ok(kSymbol);
  return failed(std::string("exports more than ") + kSymbol + ": " + listed(others) +
                    "; another plugin of the same process could bind to them",
                "-fvisibility=hidden and a version script; slipway_add_plugin (CMake) gives both");
}

Found no_unique_symbols(const Seen& seen) {
  if (!seen.library.has_unique_symbols) return ok("none");
  return failed("exports symbols that are one for all libraries of a process (STB_GNU_UNIQUE)", "-fno-gnu-unique");
}

Found relocations_read_only(const Seen& seen) {
  if (!seen.library.has_relro) return failed("has no RELRO segment: its tables stay writable", "-Wl,-z,relro");
  if (!seen.library.binds_now)
    return failed("binds its symbols one by one while it runs, so its tables stay writable", "-Wl,-z,now");
  return ok("RELRO, bound at once");
}

Found stack_not_executable(const Seen& seen) {
  if (!seen.library.has_executable_stack) return ok("PT_GNU_STACK without execute");
  return failed("asks for an executable stack, which the whole process then gets",
                "-Wl,-z,noexecstack; in assembly: .section .note.GNU-stack,\"\",@progbits");
}

Found code_not_writable(const Seen& seen) {
  if (seen.library.has_text_relocations)
    return failed("has relocations in its code (TEXTREL), which is writable while they are made", "-fPIC");
  if (seen.library.has_writable_code)
    return failed("has a segment that is writable and executable", "-Wl,-z,separate-code");
  return ok("neither TEXTREL nor writable code");
}

Found no_run_path(const Seen& seen) {
  if (seen.dependencies.run_paths.empty()) return ok("neither RPATH nor RUNPATH");
  return failed("has the run path " + listed(seen.dependencies.run_paths) +
                    ": whoever may write there chooses the code that slipway runs",
                "-Wl,--disable-new-dtags is no help: link without -rpath (CMake: BUILD_WITH_INSTALL_RPATH ON)");
}

Found no_relative_libraries(const Seen& seen) {
  const auto danger = host::depends_on_directory(seen.dependencies);
  return danger ? failed(danger->message, danger->hint) : ok("none is looked for from the current directory");
}

Found no_unwanted_symbols(const Seen& seen) {
  const auto& needs = seen.subject.manifest.needs;
  if (std::find(needs.begin(), needs.end(), "step:call") != needs.end())
    return {Verdict::not_applicable, "it needs step:call, whose function acts", {}};
  std::vector<std::string> found;
  for (const Unwanted& one : kUnwanted) {
    if (has(seen.library.undefined, one.name))
      found.push_back(std::string(one.name) + " (" + std::string(one.what) + ")");
  }
  if (found.empty()) return ok("nothing that acts on processes, mounts, network or namespaces");
  return failed("binds to " + listed(found) + "; a plugin plans, and the core acts",
                "emit a step for it, or declare \"step:call\" in needs");
}

Found has_build_id(const Seen& seen) {
  const auto& needs = seen.subject.manifest.needs;
  if (std::find(needs.begin(), needs.end(), "step:call") == needs.end()) return note("not needed without step:call");
  const std::string id = host::read_build_id(seen.subject.file.get());
  if (!id.empty()) return ok(id);
  return failed("has no build id, by which the undo of its calls would find it again", "-Wl,--build-id");
}

Found needed_libraries(const Seen& seen) {
  return note(seen.dependencies.needed.empty() ? "none" : listed(seen.dependencies.needed));
}

Found constructors(const Seen& seen) {
  return note(std::to_string(seen.library.constructors) + " in DT_INIT_ARRAY (a compiler adds one of its own)");
}

Found hardening(const Seen& seen) {
  const bool stack = has(seen.library.undefined, "__stack_chk_fail");
  const bool fortified = std::any_of(seen.library.undefined.begin(), seen.library.undefined.end(),
                                     [](const std::string& name) { return name.ends_with("_chk"); });
  return note(std::string(stack ? "stack protector" : "no call of the stack protector's") + ", " +
              (fortified ? "fortified functions" : "no fortified function"));
}

struct Check {
  const char* name;
  Found (*function)(const Seen&);
};
constexpr auto kChecks = std::to_array<Check>({
    {"exports-one-symbol", &exports_one_symbol},
    {"no-unique-symbols", &no_unique_symbols},
    {"relocations-read-only", &relocations_read_only},
    {"stack-not-executable", &stack_not_executable},
    {"code-not-writable", &code_not_writable},
    {"no-run-path", &no_run_path},
    {"no-relative-libraries", &no_relative_libraries},
    {"no-unwanted-symbols", &no_unwanted_symbols},
    {"has-build-id", &has_build_id},
    {"needed-libraries", &needed_libraries},
    {"constructors", &constructors},
    {"hardening", &hardening},
});

// The first problem whole, and how many more.
Found all_of(const host::Problems& problems) {
  Found found{Verdict::failed, {}, problems.front().hint};
  for (const host::Problem& problem : problems) {
    found.text += (found.text.empty() ? "" : "; ") + (problem.at.empty() ? "" : problem.at + " ") + problem.message;
  }
  return found;
}

Found manifest_of(Subject& subject, const std::string& text) {
  auto manifest = host::parse_manifest(text);
  if (!manifest) return all_of(manifest.error());
  subject.manifest = std::move(*manifest);
  return ok(subject.manifest.name + " " + subject.manifest.version + ", stage " + subject.manifest.stage + ", ABI " +
            std::to_string(subject.manifest.abi_major) + "." + std::to_string(subject.manifest.abi_minor));
}

Found manifest_abi(const Subject& subject) {
  const host::Manifest& manifest = subject.manifest;
  const std::string abi = std::to_string(manifest.abi_major) + "." + std::to_string(manifest.abi_minor);
  if (manifest.abi_major != SLIPWAY_ABI_MAJOR)
    return failed("its manifest says plugin ABI " + abi + "; this slipway has " + std::to_string(SLIPWAY_ABI_MAJOR) +
                      "." + std::to_string(SLIPWAY_ABI_MINOR),
                  "build it with this slipway's SDK");
  if (manifest.abi_minor > SLIPWAY_ABI_MINOR) return note(abi + " is newer than this slipway's, which refuses nothing");
  return ok(abi);
}

Found manifest_name(const Subject& subject) {
  if (subject.manifest.name == subject.name) return ok(subject.name + ".so");
  return failed(
      "its manifest says that it is \"" + subject.manifest.name + "\", but the file is " + subject.name + ".so",
      "rename it to " + subject.manifest.name + ".so, or mend \"name\" in plugin.json");
}

Found manifest_needs(const Subject& subject) {
  host::Problems missing = host::missing_needs(subject.manifest, plan::vocabulary());
  for (host::Problem& problem : host::needs_of_other_stages(subject.manifest)) missing.push_back(std::move(problem));
  return missing.empty() ? ok(std::to_string(subject.manifest.needs.size()) + " words, all known") : all_of(missing);
}

// A default that does not fit is handed to the plugin all the same, which was promised values that do; a pattern that
// is none refuses whatever a user says.
Found manifest_options(const Subject& subject) {
  host::Problems problems = config::check_schema(subject.manifest.options->dump());
  for (host::Problem& problem : problems) problem.at.insert(0, "/options");
  return problems.empty() ? ok(std::to_string(host::option_names(subject.manifest).size()) + " options")
                          : all_of(problems);
}

}  // namespace

bool check_library(Subject& subject, Report& report) {
  const auto add = [&report](const char* name, Found found) {
    report.add(Layer::library, name, found.verdict, std::move(found.text), std::move(found.remedy));
    return report.outcomes.back().verdict != Verdict::failed;
  };
  const auto text = host::read_manifest_note(subject.file.get());
  const bool is_library = text || text.error().kind == host::NoteError::no_note;
  if (!add("shared-object",
           is_library ? ok("for this machine") : failed(text.error().problem.message, text.error().problem.hint)))
    return false;
  const auto bytes = linux::read_all(subject.file, kLargestLibrary);
  auto library = bytes ? read_library(*bytes) : tl::unexpected(bytes.error());
  if (!library) return add("tables", failed(sentence(library.error()), library.error().hint));
  const auto dependencies = host::read_dependencies(subject.file.get());
  if (!dependencies)
    return add("tables", failed(dependencies.error().problem.message, dependencies.error().problem.hint));
  subject.binds_to = library->undefined;
  bool loads = add(
      "manifest", text ? manifest_of(subject, *text) : failed(text.error().problem.message, text.error().problem.hint));
  if (loads) {
    add("manifest-name", manifest_name(subject));
    loads = add("manifest-abi", manifest_abi(subject));
    // What another major says of its options is not read.
    if (loads) loads = add("manifest-options", manifest_options(subject));
    loads = add("manifest-needs", manifest_needs(subject)) && loads;
  }
  for (const Check& check : kChecks) add(check.name, check.function({subject, *library, *dependencies}));
  // What slipway refuses is not loaded here either.
  return loads && !host::depends_on_directory(*dependencies) && has(library->exports, kSymbol);
}

}  // namespace slipway::check
