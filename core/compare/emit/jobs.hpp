// An experiment shared out: a directory from which a scheduler, or anybody, runs it shard by shard on many machines.
// Knows nothing of running and merging; the scripts that it writes call slipway for that.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::compare {

enum class Scheduler {
  slurm,    ///< job.slurm, a job array for sbatch(1)
  commands  ///< commands.txt alone
};
std::optional<Scheduler> scheduler_of(std::string_view word);  ///< "slurm", "commands"
const std::vector<std::string>& scheduler_words();

struct Jobs {
  Scheduler scheduler = Scheduler::slurm;
  std::string slipway{};     ///< the program's absolute path, the same on all machines
  std::string experiment{};  ///< the whole experiment as JSON, with its seed
  std::size_t shards = 1;
};

/// Makes the directory, which must not be there or be empty, whole or not at all:
///   experiment.json   what is compared
///   shard.sh NUMBER   runs one shard; done: nothing; begun and ended early: goes on
///   commands.txt      one line a shard, for any scheduler (or `sh commands.txt`)
///   job.slurm         for `sbatch`, one task a shard, each on a machine of its own (Scheduler::slurm)
///   outcomes/         a result a shard, for `slipway compare merge`
///   notes/, logs/     of what goes on
/// All paths in it are absolute, so it has to be in a file system that all machines have. sbatch(1), "--array",
/// "--exclusive".
Result<void> emit(const Jobs& jobs, const std::string& directory);

}  // namespace slipway::compare
