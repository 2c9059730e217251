#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "core/linux/lookup.hpp"
#include "core/steps/account.hpp"
#include "core/steps/image_text.hpp"
#include "core/steps/steps.hpp"

namespace slipway::steps {
namespace {

// A name that was looked for in a file that could not be read.
void explain(Error& error, const ImageText& passwd, const ImageText& group) {
  std::string why = passwd.problem;
  if (!group.problem.empty()) why += (why.empty() ? "" : "; ") + group.problem;
  if (!why.empty()) error.hint = "the image's " + why + "; give numbers: -u UID:GID, --group-add GID";
}

// EINVAL is the user namespace's way of saying that it has no such id; setresuid(2).
tl::unexpected<Error> cannot_become(const char* doing, const RefusedIds& ids) {
  if (errno == EINVAL) return tl::unexpected(refusal_of(ids));
  return failure(errno, doing, std::to_string(ids.uid) + ":" + std::to_string(ids.gid));
}

Result<void> become(const Account& account, const Inside& inside) {
  if (::setgroups(account.groups.size(), account.groups.data()) != 0) {
    // setgroups(2) is denied where an ordinary user maps its own id alone; there are then no further groups to have.
    if (inside.may_set_groups || !account.groups.empty()) {
      const gid_t highest =
          account.groups.empty() ? 0 : *std::max_element(account.groups.begin(), account.groups.end());
      return cannot_become("set the further groups", {account.uid, std::max(highest, account.gid)});
    }
  }
  const RefusedIds own{account.uid, account.gid};
  if (::setresgid(own.gid, own.gid, own.gid) != 0) return cannot_become("set the group", own);
  // So that the program may open it anew, by its name or as /dev/stdout. An id that is not mapped is told of below.
  if (inside.has_terminal && ::fchown(STDIN_FILENO, own.uid, static_cast<gid_t>(-1)) != 0 && errno != EINVAL) {
    return failure(errno, "hand the terminal over to the user", std::to_string(own.uid));
  }
  if (::setresuid(own.uid, own.uid, own.uid) != 0) return cannot_become("set the user", own);
  return {};
}

}  // namespace

std::string summary(const User& step) {
  std::string text = step.user.empty() ? "root" : step.user;
  for (std::size_t i = 0; i < step.groups.size(); ++i) text += (i == 0 ? ", also of " : ", ") + step.groups[i];
  return text;
}

std::string problem_of(const User& step) {
  const bool has_empty =
      std::any_of(step.groups.begin(), step.groups.end(), [](const std::string& one) { return one.empty(); });
  return has_empty ? "a group's name is empty" : "";
}

Result<void> apply(const User& step, Inside& inside) {
  const ImageText passwd = image_text(inside.root, "/etc/passwd");
  const ImageText group = image_text(inside.root, "/etc/group");
  auto account = find_account(step.user, passwd.text, group.text);
  if (!account) {
    explain(account.error(), passwd, group);
    return tl::unexpected(account.error());
  }
  auto more = find_groups(step.groups, group.text);
  if (!more) {
    explain(more.error(), passwd, group);
    return tl::unexpected(more.error());
  }
  inside.home = account->home;
  if (!inside.may_set_groups) {
    // What was asked for is not left out in silence, as what the image's file says is.
    if (!more->empty()) {
      return failure(EPERM, "give the program further groups", step.groups.front(),
                     "setgroups(2) is denied where the container has one id: the run needs a range in /etc/subuid and "
                     "/etc/subgid, which slipway doctor tells how to get");
    }
    account->groups.clear();
  }
  for (const gid_t gid : *more) {
    if (std::find(account->groups.begin(), account->groups.end(), gid) == account->groups.end())
      account->groups.push_back(gid);
  }
  return become(*account, inside);
}

}  // namespace slipway::steps
