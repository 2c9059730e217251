#include "core/compare/emit/jobs.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

#include "core/linux/fd.hpp"
#include "core/linux/random.hpp"
#include "core/script/quote.hpp"

namespace slipway::compare {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kDoing = "write the jobs";

// A task that is run again (a machine went down, the time was up) does what is left to do.
std::string shard_script(const Jobs& jobs, const std::string& directory) {
  const std::string shards = std::to_string(jobs.shards);
  return "#!/bin/sh\n"
         "# shard.sh NUMBER: runs one of the " +
         shards + " shards of the experiment beside it.\nset -eu\ncd " + script::quoted(directory) +
         "\n"
         "[ ! -e \"outcomes/$1.json\" ] || exit 0\n"
         "# Notes without a whole first line tell of no run.\n"
         "if [ -e \"notes/$1\" ] && [ \"$(wc -l < \"notes/$1\")\" -gt 0 ]; then\n"
         "  exec " +
         script::quoted(jobs.slipway) + " compare --shard \"$1/" + shards +
         "\" --resume \"notes/$1\" --export-json \"outcomes/$1.json\"\n"
         "fi\n"
         "rm -f \"notes/$1\"\n"
         "exec " +
         script::quoted(jobs.slipway) + " compare --shard \"$1/" + shards +
         "\" --experiment experiment.json --notes \"notes/$1\" --export-json \"outcomes/$1.json\"\n";
}

std::string commands(const Jobs& jobs, const std::string& directory) {
  std::string lines;
  for (std::size_t shard = 1; shard <= jobs.shards; ++shard)
    lines += script::quoted(directory + "/shard.sh") + " " + std::to_string(shard) + "\n";
  return lines;
}

// Whoever measures wants a machine alone; where it has several tasks, they come one after the other.
std::string slurm_script(const Jobs& jobs, const std::string& directory) {
  return "#!/bin/sh\n"
         "#SBATCH --job-name=slipway-compare\n"
         "#SBATCH --array=1-" +
         std::to_string(jobs.shards) +
         "\n"
         "#SBATCH --nodes=1\n"
         "#SBATCH --ntasks=1\n"
         "#SBATCH --exclusive\n"
         "#SBATCH --requeue\n"
         "#SBATCH --chdir=\"" +
         directory +
         "\"\n"
         "#SBATCH --output=logs/%a.txt\n"
         "exec " +
         script::quoted(directory + "/shard.sh") + " \"$SLURM_ARRAY_TASK_ID\"\n";
}

Result<void> put(const fs::path& path, std::string_view text, mode_t mode) {
  const linux::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!file) return failure(errno, kDoing, path.string());
  if (auto written = linux::write_all(file, text); !written)
    return failure(written.error().code, kDoing, path.string());
  return {};
}

Result<void> fill(const Jobs& jobs, const fs::path& made, const std::string& directory) {
  constexpr mode_t kFile = 0666, kProgram = 0777;
  for (const char* name : {"outcomes", "notes", "logs"}) {
    std::error_code code;
    fs::create_directory(made / name, code);
    if (code) return failure(code.value(), kDoing, (made / name).string());
  }
  if (auto done = put(made / "experiment.json", jobs.experiment + "\n", kFile); !done) return done;
  if (auto done = put(made / "shard.sh", shard_script(jobs, directory), kProgram); !done) return done;
  if (auto done = put(made / "commands.txt", commands(jobs, directory), kFile); !done) return done;
  if (jobs.scheduler != Scheduler::slurm) return {};
  return put(made / "job.slurm", slurm_script(jobs, directory), kFile);
}

// #SBATCH lines are read by sbatch and no shell: what would end or change one cannot be written there.
Result<std::string> path_for_jobs(const std::string& directory) {
  std::error_code code;
  fs::path path = fs::absolute(directory, code).lexically_normal();
  if (code) return failure(code.value(), kDoing, directory);
  if (!path.has_filename()) path = path.parent_path();
  if (path.string().find_first_of("\n\"%\\") != std::string::npos)
    return failure(0, kDoing, printable(path.string()), "choose a directory without quotes, %, \\ and line breaks");
  return path.string();
}

}  // namespace

const std::vector<std::string>& scheduler_words() {
  static const std::vector<std::string> kWords = {"slurm", "commands"};
  return kWords;
}

std::optional<Scheduler> scheduler_of(std::string_view word) {
  if (word == "slurm") return Scheduler::slurm;
  if (word == "commands") return Scheduler::commands;
  return std::nullopt;
}

Result<void> emit(const Jobs& jobs, const std::string& directory) {
  constexpr std::size_t kSuffixBytes = 8;
  const auto path = path_for_jobs(directory);
  if (!path) return tl::unexpected(path.error());
  const auto suffix = linux::random_hex(kSuffixBytes);
  if (!suffix) return tl::unexpected(suffix.error());
  const fs::path made = *path + ".new-" + *suffix;
  std::error_code code;
  fs::create_directory(made, code);
  if (code) return failure(code.value(), kDoing, *path);
  auto done = fill(jobs, made, *path);
  // rename(2) takes the place of an empty directory, and of no other.
  if (done) {
    fs::rename(made, *path, code);
    if (!code) return {};
    done = failure(code.value(), kDoing, *path, "name a directory that is not there yet, or is empty");
  }
  fs::remove_all(made, code);
  return done;
}

}  // namespace slipway::compare
