#include "core/run/journal.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

using namespace slipway;
using namespace slipway::run;

namespace {

class Directory {
 public:
  Directory() {
    std::string name = "/tmp/slipway-journal-test.XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  [[nodiscard]] std::string runtime() const { return path_ + "/runtime"; }
  [[nodiscard]] std::size_t journals() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(runtime())) ++count;
    return count;
  }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("a record survives being written down, whatever the store is called") {
  const RunDirectory record{"0123456789ab", "0:1000:1/0:1000:1", "/a b/\n\t%25"};
  const std::string line = to_line(record);
  CHECK(line.find('\n') == line.size() - 1);
  auto back = record_of(std::string_view(line).substr(0, line.size() - 1));
  REQUIRE(back);
  CHECK(*back == record);
}

TEST_CASE("a line that was cut off or damaged is no record") {
  for (const char* line : {"", "run-directory", "run-directory\t0123456789ab", "run-directory\t0123456789ab\t\t",
                           "run-directory\t../../../etc\t\t/store", "run-directory\t0123456789ab\t\tstore",
                           "other\t0123456789ab\t\t/store"}) {
    CAPTURE(line);
    CHECK_FALSE(record_of(line));
  }
}

TEST_CASE("undo takes back what was listed, the last first, and leaves no journal") {
  const Directory directory;
  auto journal = Journal::begin(directory.runtime());
  REQUIRE(journal);
  REQUIRE(journal->add({journal->run(), "", "/first"}));
  REQUIRE(journal->add({journal->run(), "", "/second"}));
  std::vector<std::string> order;
  REQUIRE(journal->undo([&](const RunDirectory& record) -> Result<void> {
    order.push_back(record.store);
    return {};
  }));
  CHECK(order == std::vector<std::string>{"/second", "/first"});
  CHECK(directory.journals() == 0);
}

TEST_CASE("only journals that nobody holds are swept") {
  const Directory directory;
  auto living = Journal::begin(directory.runtime());
  REQUIRE(living);
  REQUIRE(living->add({living->run(), "", "/living"}));
  {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    REQUIRE(dead->add({dead->run(), "", "/dead"}));
  }
  std::vector<std::string> swept;
  const auto remove = [&](const RunDirectory& record) -> Result<void> {
    swept.push_back(record.store);
    return {};
  };
  CHECK(sweep_journals(directory.runtime(), remove).empty());
  CHECK(swept == std::vector<std::string>{"/dead"});
  CHECK(directory.journals() == 1);
}

TEST_CASE("a process that has ended is none, though nobody has asked for its status yet") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT) == 0);
  CHECK(container_process(child).start_time == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(container_process(::getpid()).start_time != 0);
}

TEST_CASE("a journal whose undoing fails stays for the next sweep") {
  const Directory directory;
  {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    REQUIRE(dead->add({dead->run(), "", "/dead"}));
  }
  const auto fail = [](const RunDirectory&) -> Result<void> { return failure(EBUSY, "remove"); };
  CHECK(sweep_journals(directory.runtime(), fail).size() == 1);
  CHECK(directory.journals() == 1);
}

TEST_CASE("a runtime directory that others can write is refused") {
  const Directory directory;
  REQUIRE(::mkdir(directory.runtime().c_str(), 0700) == 0);
  REQUIRE(::chmod(directory.runtime().c_str(), 0777) == 0);
  auto journal = Journal::begin(directory.runtime());
  REQUIRE_FALSE(journal);
  CHECK(journal.error().doing == "the runtime directory is not yours alone");
  REQUIRE(::rmdir(directory.runtime().c_str()) == 0);
  REQUIRE(::symlink("/tmp", directory.runtime().c_str()) == 0);
  CHECK_FALSE(Journal::begin(directory.runtime()));
  REQUIRE(::unlink(directory.runtime().c_str()) == 0);
}

TEST_CASE("what a container uses that outlived its supervisor is not swept") {
  const Directory directory;
  const auto leave = [&](const ContainerProcess& process, const char* store) {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    REQUIRE(dead->add(process));
    REQUIRE(dead->add({dead->run(), "", store}));
  };
  const ContainerProcess self = container_process(::getpid());
  REQUIRE(self.start_time != 0);
  leave(self, "/living");
  leave({self.pid, self.start_time + 1}, "/of-another-process-of-that-number");
  std::vector<std::string> swept;
  const auto remove = [&](const RunDirectory& record) -> Result<void> {
    swept.push_back(record.store);
    return {};
  };
  CHECK(sweep_journals(directory.runtime(), remove).empty());
  CHECK(swept == std::vector<std::string>{"/of-another-process-of-that-number"});
  CHECK(directory.journals() == 1);
}

TEST_CASE("a process survives being written down") {
  const ContainerProcess process{4711, 123456};
  const std::string line = to_line(process);
  CHECK(process_of(std::string_view(line).substr(0, line.size() - 1)) == process);
  for (const char* bad : {"process", "process\t1", "process\t0\t5", "process\tx\t5", "process\t1\t5x"}) {
    CAPTURE(bad);
    CHECK_FALSE(process_of(bad));
  }
}
