#include "core/script/namespaces.hpp"

#include <algorithm>

namespace slipway::script {
namespace {

using Words = std::vector<std::string>;

// unshare(1): --map-user gives the caller's own id, --map-users one range besides; so for groups.
Result<Words> map_words(const std::vector<linux::IdRange>& ranges, std::uint32_t own, const std::string& kind) {
  Words words;
  bool has_own = false;
  bool has_range = false;
  for (const linux::IdRange& range : ranges) {
    if (range.outside == own && range.count == 1 && !has_own) {
      has_own = true;
      words.push_back("--map-" + kind + "=" + std::to_string(range.inside));
    } else if (!has_range) {
      has_range = true;
      words.push_back("--map-" + kind + "s=" + std::to_string(range.outside) + "," + std::to_string(range.inside) +
                      "," + std::to_string(range.count));
    } else {
      return failure(0, "say the ids of the container as a script", "isolation.user",
                     "unshare(1) maps the caller's own id and one range");
    }
  }
  return words;
}

bool becomes_root_by_itself(const linux::IdMap& ids, const Caller& caller) {
  const auto is_own = [](const std::vector<linux::IdRange>& ranges, std::uint32_t own) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const linux::IdRange& range) {
      return range.inside == 0 && range.outside == own && range.count > 0;
    });
  };
  return is_own(ids.uids, caller.uid) && is_own(ids.gids, caller.gid);
}

Result<Words> user_words(const linux::IdMap& ids, const Caller& caller) {
  Words words = {"unshare", "--user"};
  for (const auto& [ranges, own, kind] :
       {std::tuple(&ids.uids, caller.uid, "user"), std::tuple(&ids.gids, caller.gid, "group")}) {
    auto mapped = map_words(*ranges, own, kind);
    if (!mapped) return mapped;
    words.insert(words.end(), mapped->begin(), mapped->end());
  }
  if (!becomes_root_by_itself(ids, caller)) words.insert(words.end(), {"--setuid", "0", "--setgid", "0"});
  return words;
}

// A process that changes its ids loses the death signal that unshare's --kill-child gave it (prctl(2),
// PR_SET_PDEATHSIG), and so does one that becomes a set-user-ID program: the container's first process would outlive
// the script. This shell stays what it is, as the first process of a namespace around the container's, and its end is
// the end of both. The program's status passes through it.
Words keeping_words() {
  return {"unshare", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", R"("$@"; exit "$?")", "sh"};
}

Words joining_words(const config::Isolation& isolation) {
  if (isolation.joins.empty()) return {};
  Words words = {"nsenter"};
  for (const config::Join& join : isolation.joins) {
    const std::string path =
        join.path.empty() ? "/proc/" + std::to_string(join.process) + "/ns/" + join.space : join.path;
    words.push_back("--" + join.space + "=" + path);
  }
  words.emplace_back("--");
  return words;
}

}  // namespace

bool makes_process_namespace(const config::Isolation& isolation) {
  return std::find(isolation.namespaces.begin(), isolation.namespaces.end(), "pid") != isolation.namespaces.end();
}

Result<Words> namespace_words(const config::Isolation& isolation, const linux::IdMap& ids, const Caller& caller) {
  Words words = joining_words(isolation);
  if (!ids.none() && isolation.user != config::Isolation::User::joined) {
    auto user = user_words(ids, caller);
    if (!user) return user;
    words.insert(words.end(), user->begin(), user->end());
  }
  if (makes_process_namespace(isolation)) {
    const Words keeping = keeping_words();
    words.insert(words.end(), keeping.begin(), keeping.end());
  }
  words.emplace_back("unshare");
  for (const std::string& space : isolation.namespaces) words.push_back("--" + space);
  // The script says itself how mounts travel. Its end, however it comes, is the end of what it has started.
  words.insert(words.end(), {"--propagation", "unchanged", "--fork", "--kill-child"});
  return words;
}

}  // namespace slipway::script
