// Programs that cannot be run: the status says whether there is one, and the message where the way to it ends, by the
// paths inside the container.
#include <elf.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

enum class Users { all, many };  ///< who can take the row's part: many needs ids besides root's

struct Row {
  const char* name;
  Words options, command;
  int status;
  std::string subject;  ///< as the message names it
  std::string says;
  Users users = Users::all;
};

// A program of this machine, by its header alone, that needs this dynamic linker.
std::string elf_with(const std::string& linker, void (*change)(Elf64_Ehdr&) = nullptr) {
  Elf64_Ehdr header{};
  const std::string own = read_file("/proc/self/exe");
  std::memcpy(&header, own.data(), sizeof header);
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  header.e_shnum = 0;
  if (change != nullptr) change(header);
  Elf64_Phdr segment{};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = linker.size() + 1;
  std::string bytes(sizeof header + sizeof segment, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(&bytes[sizeof header], &segment, sizeof segment);
  return bytes + linker + std::string(1, '\0');
}

const std::string kLong = "/" + std::string(299, 'n');

std::string image_of(const Runner& runner) {
  ImageSpec image = box_image();
  image.tags = {"exec:latest"};
  image.layers.push_back({make_tar({
      directory("x/"),
      file("x/closed", "#!/bin/sh\n", 0644),
      file("x/hidden", "#!/proc/self/exe\n", 0111),
      file("x/roots", "#!/bin/sh\n", 0700),
      directory("x/private/", 0700),
      file("x/private/program", "#!/bin/sh\n", 0755),
      directory("x/folder/"),
      file("x/empty", "", 0755),
      file("x/text", "echo hello\n", 0755),
      soft_link("x/dangling", "/no/where"),
      soft_link("x/ring", "ring"),
      soft_link("x/good-link", "/bin/greet"),
      file("x/orphan", "#!/no/such/interpreter\n", 0755),
      file("x/windows", "#!/bin/sh\r\necho\r\n", 0755),
      file("x/second", "#!/x/orphan\n", 0755),
      file("x/to-closed", "#!/x/closed\n", 0755),
      file("x/to-folder", "#!/x/folder\n", 0755),
      file("x/to-ring", "#!/x/ring\n", 0755),
      file("x/itself", "#!/x/itself\n", 0755),
      file("x/long", "#!" + kLong + "\n", 0755),
      file("x/bare", "#!\necho\n", 0755),
      file("x/linker", elf_with("/no/such/ld.so"), 0755),
      file("x/closed-linker", elf_with("/x/closed"), 0755),
      file("x/text-linker", elf_with("/x/text"), 0755),
      file("x/foreign", elf_with("/no/such/ld.so", [](Elf64_Ehdr& header) { header.e_machine = EM_68K; }), 0755),
      file("x/object", elf_with("", [](Elf64_Ehdr& header) { header.e_type = ET_REL; }), 0755),
      file("x/cut", elf_with("").substr(0, 20), 0755),
      directory("first/"),
      file("first/tool", "#!/bin/sh\n", 0644),
      directory("first/folder/"),
      soft_link("first/lost", "/no/where"),
      directory("mnt/"),
  })});
  return runner.put("exec.tar", docker_save({image}, Layout::docker25));
}

std::vector<Row> rows() {
  const Words other_path = {"-e", "PATH=/first:/x"};
  const std::string orphan = "/no/such/interpreter, which the image does not have";
  return {
      {"no such program in PATH",
       {},
       {"nothing"},
       127,
       "nothing",
       "no directory of PATH in the container has it: /bin"},
      {"an empty PATH", {"-e", "PATH="}, {"sh"}, 127, "sh", "no directory of PATH in the container has it: "},
      {"no such file", {}, {"/no/such/file"}, 127, "/no/such/file", "the image has no such file"},
      {"no such file here", {"-w", "/opt"}, {"./file"}, 127, "/opt/./file", "the image has no such file"},
      {"below a file", {}, {"/x/text/program"}, 127, "/x/text/program", "it lies below a file that is no directory"},
      {"a dangling link",
       {},
       {"/x/dangling"},
       127,
       "/x/dangling",
       "it is a link to /no/where, which the image does not have"},
      {"a dangling link in PATH",
       other_path,
       {"lost"},
       127,
       "lost",
       "/first:/x; /first/lost: it is a link to /no/where, which the image does not have"},
      {"a directory in PATH", other_path, {"folder"}, 127, "folder", "/first:/x; /first/folder: it is a directory"},
      {"a looping link", {}, {"/x/ring"}, 126, "/x/ring", "it leads through links in a circle"},
      {"a directory", {}, {"/x/folder"}, 126, "/x/folder", "it is a directory"},
      {"its mode", {}, {"/x/closed"}, 126, "/x/closed", "its mode lets nobody execute it"},
      {"its mode, found in PATH alone", other_path, {"tool"}, 126, "/first/tool", "its mode lets nobody execute it"},
      {"its mode, for this user",
       {"-u", "app"},
       {"/x/roots"},
       126,
       "/x/roots",
       "its mode 0700 and owner 0:0 do not let user 1000:1000 execute it",
       Users::many},
      {"no mode to read, for this user",
       {"-u", "app"},
       {"/x/hidden"},
       126,
       "/x/hidden",
       "its user may not read it, so that nobody can tell where it leads",
       Users::many},
      {"a closed directory, for this user",
       {"-u", "app"},
       {"/x/private/program"},
       126,
       "/x/private/program",
       "it lies below a directory that user 1000:1000 may not enter",
       Users::many},
      {"a mount with noexec", {}, {"/mnt/greet"}, 126, "/mnt/greet", "it lies on a mount with noexec"},
      {"an empty file", {}, {"/x/empty"}, 126, "/x/empty", "it is an empty file"},
      {"text", {}, {"/x/text"}, 126, "/x/text", "it is neither an ELF program nor a script with a #! line"},
      {"a missing #! program", {}, {"/x/orphan"}, 126, "/x/orphan", "its #! line names " + orphan},
      {"a missing #! program, found in PATH", other_path, {"orphan"}, 126, "/x/orphan", "its #! line names " + orphan},
      {"a script of a script whose program is missing",
       {},
       {"/x/second"},
       126,
       "/x/second",
       "its #! line names /x/orphan, whose #! line names " + orphan},
      {"a #! program that may not be run",
       {},
       {"/x/to-closed"},
       126,
       "/x/to-closed",
       "its #! line names /x/closed, whose mode lets nobody execute it"},
      {"a #! program that is a directory",
       {},
       {"/x/to-folder"},
       126,
       "/x/to-folder",
       "its #! line names /x/folder, which is a directory"},
      {"a #! program that is a looping link",
       {},
       {"/x/to-ring"},
       126,
       "/x/to-ring",
       "its #! line names /x/ring, which leads through links in a circle"},
      {"a #! line with a carriage return", {}, {"/x/windows"}, 126, "/x/windows", "the line ends as Windows has it"},
      {"a #! line that names itself", {}, {"/x/itself"}, 126, "/x/itself", "at most 5 may lead from one to the next"},
      {"a #! line that is too long", {}, {"/x/long"}, 126, "/x/long", "more than the 253 bytes that the kernel reads"},
      {"a #! line without a program", {}, {"/x/bare"}, 126, "/x/bare", "its #! line names no program"},
      {"a missing dynamic linker",
       {},
       {"/x/linker"},
       126,
       "/x/linker",
       "it needs the dynamic linker /no/such/ld.so, which the image does not have"},
      {"a dynamic linker that may not be run",
       {},
       {"/x/closed-linker"},
       126,
       "/x/closed-linker",
       "it needs the dynamic linker /x/closed, whose mode lets nobody execute it"},
      {"a dynamic linker that is text",
       {},
       {"/x/text-linker"},
       126,
       "/x/text-linker",
       "it needs the dynamic linker /x/text, which is neither an ELF program"},
      {"another architecture",
       {},
       {"/x/foreign"},
       126,
       "/x/foreign",
       "it is built for another processor architecture: machine 4; this machine is "},
      {"an object file", {}, {"/x/object"}, 126, "/x/object", "it is an ELF file, but neither a program nor a library"},
      {"an ELF file cut short", {}, {"/x/cut"}, 126, "/x/cut", "its ELF header is cut short"},
      {"an entrypoint that is missing",
       {"--entrypoint", "/no/entry"},
       {"x"},
       127,
       "/no/entry",
       "the image has no such file"},
      {"a link of /proc", {}, {"/proc/self/exe"}, 126, "/proc/self/exe", "it leads through a link of /proc"},
  };
}

// A directory of the host on a mount with noexec, by a plugin that emits what it is told.
Words with_noexec_mount(const Runner& runner) {
  const std::string source = runner.own("programs");
  (void)run(runner.plain({"mkdir", "-p", source}));
  (void)run(
      runner.plain({"sh", "-c", "printf '#!/bin/sh\\n' > " + source + "/greet; chmod 0755 " + source + "/greet"}));
  const std::string plugin = runner.put("emits-pseudo.so", read_file(SLIPWAY_FIXTURES "/emits-pseudo.so"));
  const std::string step =
      R"({\"type\":\"bind\",\"source\":\")" + source + R"(\",\"target\":\"/mnt\",\"flags\":[\"noexec\"]})";
  return {"--plugin-dir", plugin.substr(0, plugin.rfind('/')), "--set",
          R"(pseudo=[{"use":"pseudo-standard"},{"use":"emits-pseudo","steps":[")" + step + "\"]}]"};
}

TEST_CASE("a program that cannot be run gives 127 where there is none and 126 where there is one, and says why") {
  for (const Caller& caller : callers()) {
    const Runner runner(caller);
    const std::string image = image_of(runner);
    const Words mounts = with_noexec_mount(runner);
    for (const Row& row : rows()) {
      if (row.users == Users::many && caller.is_single()) continue;
      INFO(caller.name << ": " << row.name);
      Words words = mounts;
      words.insert(words.end(), row.options.begin(), row.options.end());
      words.push_back(image);
      words.insert(words.end(), row.command.begin(), row.command.end());
      const Outcome outcome = runner.run(words);
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == row.status);
      CHECK(outcome.output == "");
      CHECK_THAT(outcome.errors, Catch::StartsWith("slipway: ") &&
                                     Catch::Contains(" error: exec: exec-process: step ") &&
                                     Catch::Contains(": run: " + row.subject + ": ") && Catch::Contains("  hint: ") &&
                                     Catch::Contains(row.says));
      CHECK(lines_of(outcome.errors).size() == 2);
    }
  }
}

TEST_CASE("what leads to a program in the end is run: links, scripts of scripts, a search past what cannot") {
  for (const Caller& caller : callers()) {
    const Runner runner(caller);
    ImageSpec image = box_image();
    image.tags = {"leads:latest"};
    std::vector<TarEntry> entries = {directory("x/"),          soft_link("x/link", "/bin/greet"),
                                     directory("first/"),      file("first/greet", "#!/bin/sh\n", 0644),
                                     directory("first/echo/"), file("x/1", "#!/bin/greet \n", 0755)};
    for (int i = 2; i <= 4; ++i) {
      entries.push_back(file("x/" + std::to_string(i), "#!/x/" + std::to_string(i - 1) + "\n", 0755));
    }
    image.layers.push_back({make_tar(entries)});
    const std::string archive = runner.put("leads.tar", docker_save({image}, Layout::docker25));
    for (const auto& [words, output] : std::vector<std::pair<Words, std::string>>{
             {{"/x/link", "a"}, "greet:a\n"},
             {{"/x/4"}, "greet:/x/1 /x/2 /x/3 /x/4\n"},
             {{"greet"}, "greet:\n"},
             {{"echo", "b"}, "b\n"},
         }) {
      INFO(caller.name << ": " << words[0]);
      Words all = {"-e", "PATH=/first:/bin", archive};
      all.insert(all.end(), words.begin(), words.end());
      const Outcome outcome = runner.run(all);
      CHECK(outcome.output == output);
      CHECK(outcome.errors == "");
    }
  }
}

// As root of the container, from the first moment at which anything of an image runs: what could be written to there
// would run again as the next caller of slipway.
TEST_CASE("no process inside is, or has open, a file of slipway's own") {
  constexpr const char* kTries = R"sh(
    round=0
    while [ $round -lt 50 ]; do
      for process in /proc/[0-9]* /proc/self; do
        readlink $process/exe >> /tmp/seen
        (echo spoiled >> $process/exe) 2>/dev/null && echo "written: $(readlink $process/exe)" >> /tmp/seen
        for held in $process/fd/* $process/map_files/*; do
          case "$(readlink $held)" in *slipway*) echo "held: $(readlink $held)" >> /tmp/seen;; esac
        done
      done
      round=$((round + 1))
    done 2>/dev/null
    sort -u /tmp/seen)sh";
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string program = program_for(caller);
      const std::string before = read_file(program);
      CHECK(runner.inside(kTries) == "/bin/busybox\n");
      // The init is 1 KB in a sealed memory file.
      CHECK_THAT(
          runner.inside(kTries, {"--init"}),
          Catch::Equals("/bin/busybox\n/memfd:slipway-init (deleted)\n") ||
              Catch::Equals("/bin/busybox\n/memfd:slipway-init (deleted)\nheld: /memfd:slipway-init (deleted)\n"));
      CHECK(read_file(program) == before);
    }
  }
}

}  // namespace
}  // namespace slipway::tests
