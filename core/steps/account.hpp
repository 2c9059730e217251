// Users and groups out of an image's own passwd(5) and group(5), without NSS.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/report.hpp"

namespace slipway::steps {

struct Account {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups{};  ///< further ones: those that /etc/group gives to the user, when no group was named
  std::string home = "/";
};

/// `user` is USER[:GROUP], each a name or a number; empty is 0. A number need not stand in the files: its group is
/// then 0, as Docker has it. Lines of the files that are not of their form are passed over.
Result<Account> find_account(std::string_view user, std::string_view passwd, std::string_view group);

/// The ids of groups, each a name or a number.
Result<std::vector<gid_t>> find_groups(const std::vector<std::string>& wanted, std::string_view group);

/// The error of a process that may not take these ids, most likely because its user namespace does not have them; and
/// what it says of them, for whoever knows the namespace's map and can tell what would help.
struct RefusedIds {
  uid_t uid = 0;
  gid_t gid = 0;
};
Error refusal_of(const RefusedIds& ids);
std::optional<RefusedIds> ids_refused(const Error& error);

}  // namespace slipway::steps
