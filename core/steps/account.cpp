#include "core/steps/account.hpp"

#include <array>
#include <cerrno>
#include <charconv>

namespace slipway::steps {
namespace {

constexpr const char* kBecome = "become the user";
constexpr std::size_t kMostGroups = 65536;  // NGROUPS_MAX; getgroups(2)

template <std::size_t N>
std::optional<std::array<std::string_view, N>> fields_of(std::string_view line) {
  std::array<std::string_view, N> fields{};
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t end = line.find(':');
    if ((end == std::string_view::npos) != (i + 1 == N)) return std::nullopt;
    fields.at(i) = line.substr(0, end);
    if (end != std::string_view::npos) line.remove_prefix(end + 1);
  }
  return fields;
}

std::optional<std::uint32_t> id_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  // (uid_t)-1 means "leave as it is" to setresuid(2).
  if (text.empty() || problem != std::errc{} || end != text.data() + text.size() || value == UINT32_MAX)
    return std::nullopt;
  return value;
}

// Calls `visit(fields)` for each well-formed line until it returns true.
template <std::size_t N, class Visit>
bool find_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const auto fields = fields_of<N>(text.substr(0, end));
    if (fields && visit(*fields)) return true;
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return false;
}

bool lists(std::string_view members, std::string_view name) {
  while (!members.empty()) {
    const std::size_t end = members.find(',');
    if (members.substr(0, end) == name) return true;
    members = end == std::string_view::npos ? std::string_view() : members.substr(end + 1);
  }
  return false;
}

struct Found {
  Account account{};
  std::string name{};
};

// passwd(5): name:password:uid:gid:gecos:home:shell. A name is looked for first, as chown(1) does.
std::optional<Found> find_user(std::string_view user, std::string_view passwd) {
  const auto number = id_of(user);
  const auto look = [&](bool by_name) -> std::optional<Found> {
    Found found;
    const bool there = find_line<7>(passwd, [&](const auto& fields) {
      const auto uid = id_of(fields[2]);
      const auto gid = id_of(fields[3]);
      if (!uid || !gid || fields[0].empty()) return false;
      if (by_name ? fields[0] != user : uid != number) return false;
      found = {{*uid, *gid, {}, fields[5].empty() ? "/" : std::string(fields[5])}, std::string(fields[0])};
      return true;
    });
    if (!there) return std::nullopt;
    return found;
  };
  if (auto by_name = look(true)) return by_name;
  if (!number) return std::nullopt;
  if (auto by_number = look(false)) return by_number;
  return Found{{*number, 0, {}, "/"}, {}};
}

// group(5): name:password:gid:members.
std::optional<gid_t> find_group(std::string_view wanted, std::string_view group) {
  std::optional<gid_t> found;
  find_line<4>(group, [&](const auto& fields) {
    if (fields[0] == wanted && !fields[0].empty()) found = id_of(fields[2]);
    return found.has_value();
  });
  return found ? found : id_of(wanted);
}

std::vector<gid_t> groups_with(std::string_view member, gid_t besides, std::string_view group) {
  std::vector<gid_t> groups;
  find_line<4>(group, [&](const auto& fields) {
    const auto gid = id_of(fields[2]);
    if (gid && *gid != besides && lists(fields[3], member)) groups.push_back(*gid);
    return groups.size() == kMostGroups;
  });
  return groups;
}

}  // namespace

Result<Account> find_account(std::string_view user, std::string_view passwd, std::string_view group) {
  const std::size_t colon = user.find(':');
  const std::string_view user_part = colon == 0 || user.empty() ? std::string_view("0") : user.substr(0, colon);
  auto found = find_user(user_part, passwd);
  if (!found) {
    return failure(0, "the image has no user", printable(user_part, 64),
                   "name one of its /etc/passwd, or a number, with -u");
  }
  Account& account = found->account;
  if (colon == std::string_view::npos || colon + 1 == user.size()) {
    if (!found->name.empty()) account.groups = groups_with(found->name, account.gid, group);
    return account;
  }
  const auto gid = find_group(user.substr(colon + 1), group);
  if (!gid) {
    return failure(0, "the image has no group", printable(user.substr(colon + 1), 64),
                   "name one of its /etc/group, or a number, with -u USER:GROUP");
  }
  account.gid = *gid;
  return account;
}

Result<std::vector<gid_t>> find_groups(const std::vector<std::string>& wanted, std::string_view group) {
  std::vector<gid_t> groups;
  for (const std::string& one : wanted) {
    const auto gid = find_group(one, group);
    if (!gid) {
      return failure(0, "the image has no group", printable(one, 64),
                     "name one of its /etc/group, or a number, with --group-add");
    }
    groups.push_back(*gid);
  }
  return groups;
}

Error refusal_of(const RefusedIds& ids) {
  return {EINVAL, kBecome, std::to_string(ids.uid) + ":" + std::to_string(ids.gid),
          "the container's user namespace does not map an id of these: the run needs a range that holds it in "
          "/etc/subuid and /etc/subgid"};
}

std::optional<RefusedIds> ids_refused(const Error& error) {
  if (error.code != EINVAL || error.doing != kBecome) return std::nullopt;
  const std::string_view text = error.subject;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto uid = id_of(text.substr(0, colon));
  const auto gid = id_of(text.substr(colon + 1));
  if (!uid || !gid) return std::nullopt;
  return RefusedIds{*uid, *gid};
}

}  // namespace slipway::steps
