#include "core/compare/emit/jobs.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "tests/support/archive.hpp"
#include "tests/support/scratch.hpp"

namespace slipway::compare {
namespace {

namespace fs = std::filesystem;
using tests::read_file;

std::set<std::string> names_in(const std::string& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename().string());
  return names;
}

Jobs some_jobs() { return {Scheduler::slurm, "/opt/slip way/bin/slipway", R"({"target":"/images/a.tar"})", 3}; }

}  // namespace

TEST_CASE("jobs for Slurm are an array with one task a shard, each alone on its machine") {
  const tests::Scratch scratch;
  const std::string directory = scratch / "jobs of mine";
  REQUIRE(emit(some_jobs(), directory));
  CHECK(names_in(directory) ==
        std::set<std::string>{"experiment.json", "shard.sh", "commands.txt", "job.slurm", "outcomes", "notes", "logs"});
  CHECK(read_file(directory + "/experiment.json") == "{\"target\":\"/images/a.tar\"}\n");
  const std::string job = read_file(directory + "/job.slurm");
  for (const std::string& line :
       {std::string("--array=1-3"), std::string("--exclusive"), "--chdir=\"" + directory + "\""})
    CHECK(job.find("#SBATCH " + line + "\n") != std::string::npos);
  CHECK(job.find("exec '" + directory + "/shard.sh' \"$SLURM_ARRAY_TASK_ID\"\n") != std::string::npos);
  CHECK(read_file(directory + "/shard.sh").find("'/opt/slip way/bin/slipway' compare --shard \"$1/3\"") !=
        std::string::npos);
}

TEST_CASE("jobs for any scheduler are a list of commands, one a shard") {
  const tests::Scratch scratch;
  const std::string directory = scratch / "jobs";
  Jobs jobs = some_jobs();
  jobs.scheduler = Scheduler::commands;
  REQUIRE(emit(jobs, directory + "/"));  // a slash in the end means the same
  CHECK(names_in(directory).count("job.slurm") == 0);
  const std::string shard = directory + "/shard.sh";
  CHECK(read_file(directory + "/commands.txt") == shard + " 1\n" + shard + " 2\n" + shard + " 3\n");
}

TEST_CASE("jobs take an empty directory and leave every other as it is") {
  const tests::Scratch scratch;
  const std::string directory = scratch / "jobs";
  fs::create_directory(directory);
  CHECK(emit(some_jobs(), directory));
  const std::string before = read_file(directory + "/shard.sh");
  Jobs others = some_jobs();
  others.shards = 9;
  const auto refused = emit(others, directory);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ENOTEMPTY);
  CHECK(read_file(directory + "/shard.sh") == before);
  for (const std::string& name : {std::string("a\"b"), std::string("a\nb"), std::string("a%b")})
    CHECK_FALSE(emit(some_jobs(), scratch / name));
  CHECK(names_in(scratch.path()) == std::set<std::string>{"jobs"});
}

}  // namespace slipway::compare
