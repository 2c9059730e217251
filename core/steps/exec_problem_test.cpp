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

#include "core/steps/steps.hpp"

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

Elf64_Half other_machine() { return EM_68K; }

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

std::string thirty_two_bits() {
  std::string bytes = elf(EM_386, "/lib/ld-linux.so.2");
  bytes[EI_CLASS] = ELFCLASS32;
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
  std::string endless;
  for (int i = 0; i < 5; ++i) endless += "its #! line names " + directory.path() + "/itself, and ";
  endless += "#! lines lead from one script to another ";
  const std::vector<Row> rows = {
      {directory.path() + "/nothing", ENOENT, "the image has no such file"},
      {directory.path() + "/dangling", ENOENT, "the image has no such file"},
      {directory.path() + "/directory", EACCES, "it is a directory"},
      {directory.path() + "/fifo", EACCES, "it is not a regular file"},
      {directory.write("mode", "#!/bin/sh\n", 0644), EACCES, "its mode lets nobody execute it"},
      {directory.write("script", "#!/no/such/program -x\n"), ENOENT,
       "its #! line names /no/such/program, which the image does not have"},
      {directory.write("blanks", "#! \t /no/such/program\n"), ENOENT,
       "its #! line names /no/such/program, which the image does not have"},
      {directory.write("windows", "#!/no/such/sh\r\necho\r\n"), ENOENT,
       "its #! line names /no/such/sh, which the image does not have"},
      {directory.write("bare", "#!\necho\n"), ENOEXEC, "its #! line names no program"},
      {directory.write("endless", "#!" + std::string(300, ' ')), ENOEXEC, "its #! line names no program"},
      {directory.write("text", "echo hello\n"), ENOEXEC, "it is neither an ELF program nor a script with a #! line"},
      {directory.write("empty", ""), ENOEXEC, "the file is too short to be a program"},
      {directory.write("cut",
                       "\x7f"
                       "ELF\x02\x01\x01"),
       ENOEXEC, "its ELF header is cut short"},
      {directory.write("other", elf(other_machine(), "/lib/ld.so")), ENOEXEC,
       "it is a program for another processor architecture"},
      {directory.write("linker", elf(own_header().e_machine, "/lib/no-such-ld.so")), ENOENT,
       "it needs the dynamic linker /lib/no-such-ld.so, which the image does not have"},
      {directory.write("outer", "#!" + directory.path() + "/closed\n"), EACCES,
       "its #! line names " + directory.write("closed", "#!/bin/sh\n", 0644) + ", and its mode lets nobody execute it"},
      {directory.write("behind", "#!" + directory.path() + "/linker\n"), ENOENT,
       "its #! line names " + directory.path() +
           "/linker, and it needs the dynamic linker /lib/no-such-ld.so, which the image does not have"},
      {directory.write("itself", "#!" + directory.path() + "/itself\n"), ELOOP, endless + "too often"},
      {directory.write("small", thirty_two_bits()), ENOENT,
       "it is a 32-bit program whose dynamic linker the image does not have"},
      {directory.write("fine", elf(own_header().e_machine, "/bin/sh")), EIO, ""},
      {directory.write("large", elf(own_header().e_machine, "/bin/sh")), E2BIG,
       "arguments and environment are too large: 128 KiB each, and all of them a quarter of the stack's limit"},
      {directory.write("busy", elf(own_header().e_machine, "/bin/sh")), ETXTBSY, "somebody has it open for writing"},
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
      {"program", ":" + directory.path() + "/one:", 127, ENOENT, "no directory of PATH"},
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

TEST_CASE("an exec step names a program") {
  CHECK(problem_of(Step{Exec{}}) == "args names no program");
  CHECK(problem_of(Step{Exec{{""}}}) == "args names no program");
  CHECK(problem_of(Step{Exec{{"sh", std::string("a\0b", 3)}}}).find("NUL") != std::string::npos);
  CHECK(problem_of(Step{Exec{{"sh", ""}}}).empty());
}
