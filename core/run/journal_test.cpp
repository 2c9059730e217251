#include "core/run/journal.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>

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

RunDirectory directory_of(const std::string& run, const std::string& store) {
  return {RunDirectory::Kind::written, run, "", store};
}

}  // namespace

TEST_CASE("a record survives being written down, whatever the store is called") {
  const auto kind = GENERATE(RunDirectory::Kind::written, RunDirectory::Kind::staging);
  const RunDirectory record{kind, "0123456789ab", "0:1000:1/0:1000:1", "/a b/\n\t%25"};
  const std::string line = to_line(record);
  CHECK(line.find('\n') == line.size() - 1);
  auto back = record_of(std::string_view(line).substr(0, line.size() - 1));
  REQUIRE(back);
  CHECK(*back == record);
}

TEST_CASE("a line that was cut off or damaged is no record") {
  for (const char* line : {"", "run-directory", "run-directory\t0123456789ab", "run-directory\t0123456789ab\t\t",
                           "run-directory\t../../../etc\t\t/store", "run-directory\t0123456789ab\t\tstore",
                           "other\t0123456789ab\t\t/store", "staging\t../layers\t\t/store", "staging\t\t\t/store",
                           "staging\t.hidden\t\t/store"}) {
    CAPTURE(line);
    CHECK_FALSE(record_of(line));
  }
}

TEST_CASE("undo takes back what was listed, the last first, and leaves no journal") {
  const Directory directory;
  auto journal = Journal::begin(directory.runtime());
  REQUIRE(journal);
  REQUIRE(journal->add(directory_of(journal->run(), "/first")));
  REQUIRE(journal->add(directory_of(journal->run(), "/second")));
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
  REQUIRE(living->add(directory_of(living->run(), "/living")));
  {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    REQUIRE(dead->add(directory_of(dead->run(), "/dead")));
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

TEST_CASE("a journal whose undoing fails stays for the next sweep") {
  const Directory directory;
  {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    REQUIRE(dead->add(directory_of(dead->run(), "/dead")));
  }
  const auto fail = [](const RunDirectory&) -> Result<void> { return failure(EBUSY, "remove"); };
  CHECK(sweep_journals(directory.runtime(), fail).size() == 1);
  CHECK(directory.journals() == 1);
}

TEST_CASE("a journal that cannot be read is kept, and one whose last record was cut off is none of those") {
  const std::string process = to_line(ContainerProcess{1, 1});
  const std::string staging = to_line({RunDirectory::Kind::staging, "form.01", "", "/store"});
  struct Row {
    const char* name;
    std::string text;
    const char* problem;  ///< null: none
  };
  const std::vector<Row> rows = {
      {"empty", "", nullptr},
      {"whole", process + staging, nullptr},
      {"cut off", process + staging + staging.substr(0, staging.size() - 1), nullptr},
      {"cut off in its first record", process.substr(0, 5), nullptr},
      {"a line too much in the middle", process + "\n" + staging, "line 2 is no record of a journal"},
      {"the begin of one lost", process.substr(3) + staging, "line 1 is no record of a journal"},
      {"zeros", std::string(512, '\0') + "\n", "line 1 is no record of a journal"},
      {"a record of a later slipway", process + "cgroup\t/a\n", "line 2 is no record of a journal"},
      {"too large", std::string(std::size_t{17} << 20U, 'x'), "File too large"}};
  for (const Row& row : rows) {
    DYNAMIC_SECTION(row.name) {
      const Directory directory;
      REQUIRE(::mkdir(directory.runtime().c_str(), 0700) == 0);
      const std::string path = directory.runtime() + "/0123456789ab.journal";
      std::ofstream(path) << row.text;
      int visits = 0;
      CHECK(visit_dead_journals(directory.runtime(), [&](const DeadJournal& journal) {
        ++visits;
        CHECK(journal.problem.has_value() == (row.problem != nullptr));
        if (!journal.problem || row.problem == nullptr) return true;
        CHECK(journal.directories.empty());
        CHECK_THAT(sentence(*journal.problem),
                   Catch::StartsWith("read the journal: " + path) && Catch::Contains(row.problem));
        return true;
      }));
      CHECK(visits == 1);
      const auto remove = [&](const RunDirectory&) -> Result<void> { return {}; };
      CHECK(sweep_journals(directory.runtime(), remove).empty());
      CHECK(std::filesystem::exists(path) == (row.problem != nullptr));
    }
  }
}

TEST_CASE("a runtime directory that others can write is refused") {
  const Directory directory;
  REQUIRE(::mkdir(directory.runtime().c_str(), 0700) == 0);
  REQUIRE(::chmod(directory.runtime().c_str(), 0777) == 0);
  auto journal = Journal::begin(directory.runtime());
  REQUIRE_FALSE(journal);
  CHECK(sentence(journal.error()) ==
        "use the runtime directory: " + directory.runtime() + ": it is open to others (mode 0777)");
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
    REQUIRE(dead->add(directory_of(dead->run(), store)));
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

TEST_CASE("a sweep ends at the first journal that somebody is in the way of, or when it is asked to") {
  for (const int code : {EBUSY, EINTR, EACCES}) {
    const Directory directory;
    constexpr std::size_t kJournals = 5;
    for (std::size_t i = 0; i < kJournals; ++i) {
      auto dead = Journal::begin(directory.runtime());
      REQUIRE(dead);
      REQUIRE(dead->add(directory_of(dead->run(), "/store")));
    }
    const auto remove = [&](const RunDirectory&) -> Result<void> { return failure(code, "remove"); };
    CHECK(sweep_journals(directory.runtime(), remove).size() == (code == EACCES ? kJournals : 1));
    CHECK(directory.journals() == kJournals);
  }
}

TEST_CASE("out of descriptors a visit of journals is one error, and no journal is blamed") {
  const Directory directory;
  for (int i = 0; i < 3; ++i) REQUIRE(Journal::begin(directory.runtime()));
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  // One descriptor is left: for the directory, and none for a journal in it.
  linux::Fd free(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const rlimit one{static_cast<rlim_t>(free.get()) + 1, before.rlim_max};
  free.reset();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &one) == 0);
  const auto visited = visit_dead_journals(directory.runtime(), [](const DeadJournal&) { return true; });
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  REQUIRE_FALSE(visited);
  CHECK(visited.error().code == EMFILE);
  CHECK(visited.error().hint == "");
  int visits = 0;
  CHECK(visit_dead_journals(directory.runtime(), [&](const DeadJournal& journal) {
    visits += journal.problem ? 0 : 1;
    return true;
  }));
  CHECK(visits == 3);
}

TEST_CASE("a dead journal tells what it lists, and is nobody else's meanwhile") {
  const Directory directory;
  std::string run;
  {
    auto dead = Journal::begin(directory.runtime());
    REQUIRE(dead);
    run = dead->run();
    REQUIRE(dead->add(container_process(::getpid())));
    REQUIRE(dead->add(directory_of(run, "/one")));
    REQUIRE(dead->add({RunDirectory::Kind::staging, "form.0123", "", "/two"}));
  }
  CHECK(listed_runs(directory.runtime()) == std::vector<std::string>{run});
  int visits = 0;
  const auto look = [&](const DeadJournal& journal) {
    ++visits;
    CHECK(journal.run == run);
    CHECK(journal.path == directory.runtime() + "/" + run + ".journal");
    CHECK(journal.has_survivors());
    REQUIRE(journal.directories.size() == 2);
    CHECK(journal.directories[1].name == "form.0123");
    CHECK(visit_dead_journals(directory.runtime(), [&](const DeadJournal&) { return ++visits > 0; }));
    CHECK(journal.remove());
    return true;
  };
  CHECK(visit_dead_journals(directory.runtime(), look));
  CHECK(visits == 1);
  CHECK(directory.journals() == 0);
  CHECK(listed_runs(directory.runtime()).empty());
}

// Begins a journal in a process that ends at once, and leaves one behind that holds it until the pipe's end is closed.
void leave_a_holder(const std::string& runtime, const linux::Pair& pipe) {
  const pid_t supervisor = ::fork();
  REQUIRE(supervisor >= 0);
  if (supervisor == 0) {
    auto journal = Journal::begin(runtime);
    if (!journal || ::fork() != 0) ::_exit(journal ? 0 : 1);
    char byte = 0;
    ::close(pipe.b.get());
    (void)!::read(pipe.a.get(), &byte, 1);
    ::_exit(0);
  }
  int status = -1;
  REQUIRE(::waitpid(supervisor, &status, 0) == supervisor);
  REQUIRE(status == 0);
}

TEST_CASE(
    "a journal that only a process holds which ends with its dead supervisor is waited for, where that is asked") {
  const Directory directory;
  auto pipe = linux::make_pipe();
  REQUIRE(pipe);
  REQUIRE(::mkdir(directory.runtime().c_str(), 0700) == 0);
  leave_a_holder(directory.runtime(), *pipe);
  int visits = 0;
  const auto visit = [&](const DeadJournal& journal) {
    CHECK_FALSE(journal.problem);
    return ++visits > 0;
  };
  CHECK(visit_dead_journals(directory.runtime(), visit));
  CHECK(visit_dead_journals(directory.runtime(), visit, [] { return false; }));
  CHECK(visits == 0);
  const auto patient = await_end_patiently();
  CHECK(visit_dead_journals(directory.runtime(), visit, [&] {
    pipe->b.reset();
    return patient();
  }));
  CHECK(visits == 1);
}

TEST_CASE("a journal whose supervisor lives is not waited for") {
  const Directory directory;
  auto living = Journal::begin(directory.runtime());
  REQUIRE(living);
  CHECK(visit_dead_journals(
      directory.runtime(), [](const DeadJournal&) { return true; },
      [] {
        FAIL("it is not dead");
        return false;
      }));
}

TEST_CASE("a call stands in one line, whatever is in its path and arguments") {
  const CallRecord record{
      {"net-tap", "/a\tb/net-tap.so", "00ff"}, "make", slipway::steps::Phase::attach, 10, 2, "{\"a\":\"%\\n\"}"};
  const std::string line = to_line(record);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(call_of(line.substr(0, line.size() - 1)) == record);
  for (const char* broken : {"call", "call\tx\t/y\t00\tf\tattach\t10\t2", "call\tx\ty\t00\tf\tattach\t10\t2\t{}",
                             "call\tx\t/y\t00\tf\tattack\t10\t2\t{}", "call\tx\t/y\t00\tf\tattach\t1x\t2\t{}",
                             "call\tx\t/y\t00\tf\tattach\t10\t65\t{}", "cull\tx\t/y\t00\tf\tattach\t10\t2\t{}"}) {
    CAPTURE(broken);
    CHECK_FALSE(call_of(broken));
  }
}

TEST_CASE("where there is no runtime directory there are no journals, and none is made") {
  const Directory directory;
  CHECK(visit_dead_journals(directory.runtime(), [](const DeadJournal&) {
    FAIL("there is none");
    return true;
  }));
  CHECK(listed_runs(directory.runtime()).empty());
  CHECK_FALSE(std::filesystem::exists(directory.runtime()));
}
