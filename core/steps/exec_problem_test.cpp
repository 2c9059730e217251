#include "core/steps/exec_problem.hpp"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include "core/steps/program_file.hpp"
#include "core/steps/steps.hpp"
#include "sdk/host/machine.hpp"

using namespace slipway;
using namespace slipway::steps;

namespace {

class Directory {
 public:
  Directory() {
    std::string name = "/tmp/slipway-exec-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string write(const std::string& name, const std::string& bytes, mode_t mode = 0755) const {
    const std::string file = path_ + "/" + name;
    std::ofstream(file, std::ios::binary) << bytes;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    return file;
  }

 private:
  std::string path_{};
};

// This program's own header, so that the machine is right.
Elf64_Ehdr own_header() {
  Elf64_Ehdr header{};
  std::ifstream own("/proc/self/exe", std::ios::binary);
  own.read(reinterpret_cast<char*>(&header), sizeof header);
  REQUIRE(own);
  return header;
}

std::string elf(Elf64_Half machine, const std::string& interpreter) {
  Elf64_Ehdr header = own_header();
  header.e_machine = machine;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  Elf64_Phdr segment{};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = interpreter.size() + 1;
  std::string bytes(sizeof header + sizeof segment, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(&bytes[sizeof header], &segment, sizeof segment);
  return bytes + interpreter + std::string(1, '\0');
}

std::string elf32(const std::string& interpreter) {
  Elf32_Ehdr header{};
  std::memcpy(header.e_ident, own_header().e_ident, EI_NIDENT);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_phoff = sizeof header;
  header.e_phnum = 1;
  Elf32_Phdr segment{};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + sizeof segment;
  segment.p_filesz = static_cast<Elf32_Word>(interpreter.size() + 1);
  std::string bytes(sizeof header + sizeof segment, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(&bytes[sizeof header], &segment, sizeof segment);
  return bytes + interpreter + std::string(1, '\0');
}

std::string typed(Elf64_Half type) {
  Elf64_Ehdr header = own_header();
  header.e_type = type;
  return {reinterpret_cast<const char*>(&header), sizeof header};
}

// The other byte order, by its mark alone.
std::string backwards(std::string bytes) {
  bytes[EI_DATA] = host::kByteOrder == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
  return bytes;
}

}  // namespace

TEST_CASE("why a program could not be run is told apart from what the kernel says") {
  const Directory directory;
  struct Row {
    std::string path;
    int code;
    std::string hint;
  };
  std::filesystem::create_directory(directory.path() + "/directory");
  REQUIRE(::mkfifo((directory.path() + "/fifo").c_str(), 0755) == 0);
  std::filesystem::create_symlink("nowhere", directory.path() + "/dangling");
  std::filesystem::create_symlink("ring", directory.path() + "/ring");
  const std::string script = directory.write("script", "#!/no/such/program -x\n");
  const std::string closed = directory.write("mode", "#!/bin/sh\n", 0644);
  const std::string nothing = directory.path() + "/nothing";
  const std::string long_name = "/" + std::string(252, 'n');  // as much as the kernel reads
  const std::vector<Row> rows = {
      {nothing, ENOENT, "the image has no such file"},
      {directory.path() + "/dangling", ENOENT, "it is a link to nowhere, which the image does not have"},
      {directory.path() + "/ring", ELOOP, "it leads through links in a circle"},
      {closed + "/below", ENOTDIR, "it lies below a file that is no directory"},
      {directory.path() + "/directory", EACCES, "it is a directory"},
      {directory.path() + "/fifo", EACCES, "it is not a regular file"},
      {closed, EACCES, "its mode lets nobody execute it"},
      {script, ENOENT, "its #! line names /no/such/program, which the image does not have"},
      {directory.write("blanks", "#! \t /no/such/program\n"), ENOENT,
       "its #! line names /no/such/program, which the image does not have"},
      {directory.write("windows", "#!/bin/sh\r\necho\r\n"), ENOENT,
       "its #! line names /bin/sh\\x0d, which the image does not have; the line ends as Windows has it, and the "
       "carriage "
       "return counts as a part of the name"},
      {directory.write("second", "#!" + script + "\n"), ENOENT,
       "its #! line names " + script + ", whose #! line names /no/such/program, which the image does not have"},
      {directory.write("to-closed", "#!" + closed), EACCES,
       "its #! line names " + closed + ", whose mode lets nobody execute it"},
      {directory.write("to-directory", "#!/etc\n"), EACCES, "its #! line names /etc, which is a directory"},
      {directory.write("to-dangling", "#!" + directory.path() + "/dangling\n"), ENOENT,
       "its #! line names " + directory.path() +
           "/dangling, which is a link to nowhere, which the image does not have"},
      {directory.write("itself", "#!" + directory.path() + "/itself\n"), ELOOP,
       "its #! line names " + directory.path() +
           "/itself, which is a script itself, and so on: at most 5 may lead from one to the next"},
      {directory.write("bare", "#!\necho\n"), ENOEXEC, "its #! line names no program"},
      {directory.write("endless", "#!" + std::string(300, ' ')), ENOEXEC, "its #! line names no program"},
      {directory.write("long", "#!" + long_name + "n\n"), ENOEXEC,
       "its #! line names a program with more than the 253 bytes that the kernel reads"},
      {directory.write("as-long-as-may-be", "#!" + long_name + "\n"), ENOENT,
       "its #! line names " + long_name.substr(0, 200) + "…, which the image does not have"},
      {directory.write("text", "echo hello\n"), ENOEXEC, "it is neither an ELF program nor a script with a #! line"},
      {directory.write("empty", ""), ENOEXEC, "it is an empty file"},
      {directory.write("cut",
                       "\x7f"
                       "ELF\x02\x01\x01"),
       ENOEXEC, "its ELF header is cut short"},
      {directory.write("other", elf(EM_AARCH64 == own_header().e_machine ? EM_X86_64 : EM_AARCH64, "/lib/ld.so")),
       ENOEXEC,
       "it is built for another processor architecture: " +
           host::machine_name(EM_AARCH64 == own_header().e_machine ? EM_X86_64 : EM_AARCH64) + "; this machine is " +
           host::machine_name(host::kMachine)},
      {directory.write("unnamed", elf(EM_68K, "/lib/ld.so")), ENOEXEC,
       "it is built for another processor architecture: machine 4; this machine is " +
           host::machine_name(host::kMachine)},
      {directory.write("backwards", backwards(elf(0x1600, ""))), ENOEXEC,  // as s390 numbers itself
       "it is built for another processor architecture: s390; this machine is " + host::machine_name(host::kMachine)},
      {directory.write("object", typed(ET_REL)), ENOEXEC, "it is an ELF file, but neither a program nor a library"},
      {directory.write("linker", elf(own_header().e_machine, "/lib/no-such-ld.so")), ENOENT,
       "it needs the dynamic linker /lib/no-such-ld.so, which the image does not have"},
      {directory.write("closed-linker", elf(own_header().e_machine, closed)), EACCES,
       "it needs the dynamic linker " + closed + ", whose mode lets nobody execute it"},
      {directory.write("bad-linker", elf(own_header().e_machine, directory.write("linker-text", "no linker"))), ELIBBAD,
       "it needs the dynamic linker " + directory.path() +
           "/linker-text, which is neither an ELF program nor a script with a #! line"},
      {directory.write("fine", elf(own_header().e_machine, "/bin/sh")), E2BIG,
       "arguments and environment are too large: 128 KiB each, and all of them a quarter of the stack's limit"},
  };
  for (const Row& row : rows) {
    const Error error = exec_problem(row.path, row.code);
    INFO(row.path);
    CHECK(error.code == row.code);
    CHECK(error.doing == "run");
    CHECK(error.subject == row.path);
    CHECK(error.hint == row.hint);
  }
}

TEST_CASE("what a file of the image says cannot write to the user's terminal") {
  const Directory directory;
  const std::string script = directory.write("script", "#!/\x1b[2Jx\n");
  CHECK(exec_problem(script, ENOENT).hint.find('\x1b') == std::string::npos);
  CHECK(exec_problem("/\x1b[2Jx", ENOENT).subject.find('\x1b') == std::string::npos);
}

TEST_CASE("a program is looked for in the container's PATH, past what cannot run") {
  const Directory directory;
  std::filesystem::create_directory(directory.path() + "/one");
  std::filesystem::create_directory(directory.path() + "/two");
  std::filesystem::create_directory(directory.path() + "/one/program");
  (void)directory.write("two/program", "#!/bin/sh\n", 0644);
  (void)directory.write("two/text", "echo hello\n");
  std::filesystem::create_symlink("nowhere", directory.path() + "/two/gone");
  struct Row {
    const char* program;
    std::string path;
    int status;
    int code;
    std::string part;
  };
  const std::string both = directory.path() + "/one:" + directory.path() + "/two";
  const std::vector<Row> rows = {
      {"nothing", both, 127, ENOENT, "no directory of PATH in the container has it: " + directory.path() + "/one:"},
      {"nothing", "", 127, ENOENT, "no directory of PATH"},
      {"program", ":" + directory.path() + "/one:", 127, ENOENT,
       directory.path() + "/one:; " + directory.path() + "/one/program: it is a directory"},
      {"gone", directory.path() + "/two", 127, ENOENT, "/two/gone: it is a link to nowhere, which the image"},
      {"program", both, 126, EACCES, "its mode lets nobody execute it"},
      {"text", both, 126, ENOEXEC, "it is neither an ELF program nor a script with a #! line"},
      {"./text", both, 127, ENOENT, "the image has no such file"},
  };
  for (const Row& row : rows) {
    INFO(row.program << " in " << row.path);
    Inside inside;
    inside.environment = {"PATH=" + row.path};
    const auto done = apply(Exec{{row.program}}, inside);
    REQUIRE_FALSE(done);
    CHECK(inside.exec_status == row.status);
    CHECK(done.error().code == row.code);
    CHECK(done.error().hint.find(row.part) != std::string::npos);
  }
}

TEST_CASE("what a #! line names is what the kernel takes it for, blanks and carriage returns alike") {
  struct Row {
    const char* name;
    std::string head, interpreter;
    bool is_cut = false;
  };
  const std::string longest = "/" + std::string(252, 'n');
  const std::vector<Row> rows = {
      {"plain", "#!/bin/sh\n", "/bin/sh"},
      {"an argument", "#!/bin/sh -e x\n", "/bin/sh"},
      {"blanks", "#! \t/bin/sh \t\n", "/bin/sh"},
      {"no end of line", "#!/bin/sh", "/bin/sh"},
      {"a carriage return", "#!/bin/sh\r\n", "/bin/sh\r"},
      {"a NUL", std::string("#!/bin/sh\0x\n", 13), "/bin/sh"},
      {"nothing", "#!\n", ""},
      {"the longest", "#!" + longest + "\n", longest},
      {"the longest, with a blank", "#!" + longest + " ", longest},
      {"one byte more", "#!" + longest + "n", longest, true},
      {"a long argument", "#!/bin/sh " + std::string(246, 'x'), "/bin/sh"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto line = script_line(row.head);
    REQUIRE(line);
    CHECK(line->interpreter == row.interpreter);
    CHECK(line->is_cut == row.is_cut);
  }
  CHECK_FALSE(script_line("# !/bin/sh\n"));
  CHECK_FALSE(script_line(""));
}

TEST_CASE("no way of naming a link of /proc gets past the refusal") {
  const Directory directory;
  const std::string link = directory.path() + "/link";
  std::filesystem::create_symlink("/proc/self/exe", link);
  std::filesystem::create_symlink("/proc/self/exe", link + "\r");
  std::vector<std::string> programs = {"/proc/self/exe", link, directory.write("script", "#!" + link + "\n"),
                                       // The kernel takes the carriage return for a part of the name.
                                       directory.write("windows", "#!" + link + "\r\n"),
                                       directory.write("elf", elf(own_header().e_machine, link)),
                                       directory.write("elf32", elf32(link))};
  // The kernel's loader looks at neither of what a file says of its class and its byte order.
  for (const std::size_t at : {std::size_t{EI_CLASS}, std::size_t{EI_DATA}}) {
    std::string bytes = elf(own_header().e_machine, link);
    bytes[at] = static_cast<char>(3 - bytes[at]);  // the one of two that it is not
    programs.push_back(directory.write("elf-byte" + std::to_string(at), bytes));
  }
  for (int i = 0; i < 4; ++i)
    programs.push_back(directory.write("chain" + std::to_string(i), "#!" + programs.back() + "\n"));
  for (const std::string& program : programs) {
    INFO(program);
    const auto plain = refuse_magic_links(program);
    REQUIRE_FALSE(plain);
    CHECK(plain.error().hint == "it leads through a link of /proc");
  }
  // Five scripts may lead to a program with a dynamic linker.
  std::string last = "/bin/sh";
  for (int i = 0; i < 5; ++i) last = directory.write("fine" + std::to_string(i), "#!" + last + "\n");
  CHECK(refuse_magic_links(last));
}

TEST_CASE("an exec step names a program") {
  CHECK(problem_of(Step{Exec{}}) == "args names no program");
  CHECK(problem_of(Step{Exec{{""}}}) == "args names no program");
  CHECK(problem_of(Step{Exec{{"sh", std::string("a\0b", 3)}}}).find("NUL") != std::string::npos);
  CHECK(problem_of(Step{Exec{{"sh", ""}}}).empty());
}
