#include "core/script/functions.hpp"

#include <array>
#include <string_view>

namespace slipway::script {
namespace {

struct Function {
  std::string_view name;
  std::string_view calls;  ///< those of the others that it needs, a blank between them
  std::string_view text;
};

// Those that are called stand before those that call them. Paths are relative to the tmpfs in which "root" is.
constexpr std::array kFunctions = {
    Function{"layer", "", R"sh(# The directory of the layer with this digest: `slipway store layers` says one a line.
layer() {
  printf '%s\n' "$layers" | grep -m 1 -e "/$1\.[^/]*/tree\$" ||
    fail "the image has changed since this script was made: make it anew"
}
)sh"},
    Function{"lower_layers", "",
             R"sh(# The layers for an overlay in $lower, uppermost first: none below one that hides all of them.
lower_layers() {
  lower=''
  for one; do
    lower=$lower${lower:+:}$one
    [ ! -e "$one.opaque" ] || break
  done
}
)sh"},
    Function{"no_link", "", R"sh(# A path inside that is used as it is: a link of the image's in it is refused.
no_link() {
  at=root rest=${1#/}/
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*} rest=${rest#*/}
    [ ! -L "${at%/}" ] || fail "the image has a link at ${at#root}, which is not followed"
  done
}
)sh"},
    Function{"inside", "",
             R"sh(# The path of $1 without links, into $at: the image's are followed as they are meant inside.
inside() {
  at='' rest=$1/ links=0
  while [ -n "$rest" ]; do
    name=${rest%%/*} rest=${rest#*/}
    case $name in
      '' | .) ;;
      ..) at=${at%/*} ;;
      *)
        if [ -L "root$at/$name" ]; then
          links=$((links + 1))
          [ "$links" -le 40 ] || fail "links of the image in a circle: $1"
          link=$(readlink -n -- "root$at/$name" && echo .)
          rest=${link%.}/$rest
          case $link in /*) at='' ;; esac
        else
          at=$at/$name
        fi
        ;;
    esac
  done
}
)sh"},
    Function{
        "ours", "",
        R"sh(# Whether what would be made at $at is the container's alone: no directory of the host's is shown there.
ours() {
  case "$shown
" in
    '
') return 0 ;;
  esac
  while IFS= read -r directory; do
    case $at in "$directory"/*) fail "it would be made in a directory of the host's: $at" ;; esac
  done <<END
$shown
END
}
)sh"},
    Function{"make_dirs", "inside", R"sh(# Makes the directory $2 with mode $1, and what is missing above it.
make_dirs() {
  inside "$2"
  [ -d "root$at" ] || {
    mkdir -p -- "root${at%/*}"
    mkdir -m "$1" -- "root$at"
  }
}
)sh"},
    Function{
        "mount_point", "inside ours",
        R"sh(# The place $2 that a file or a directory is to cover, into $at: made where it is missing; a link gives way.
mount_point() {
  inside "${2%/*}"
  [ -d "root$at" ] || { at=$at/ && ours && mkdir -p -- "root$at"; }
  at=${at%/}/${2##*/}
  [ ! -L "root$at" ] || { ours && rm -- "root$at"; }
  case $1 in
    directory) [ -e "root$at" ] || { ours && mkdir -- "root$at"; }
      [ -d "root$at" ] || fail "the container has a file at $2, and a directory cannot cover it" ;;
    file) [ -e "root$at" ] || { ours && : >"root$at"; }
      [ ! -d "root$at" ] || fail "the container has a directory at $2, and a file cannot cover it" ;;
  esac
}
)sh"},
    Function{"visible_mounts", "",
             R"sh(# "PLACE FLAGS" of each mount that no other one covers: mountinfo has its id, parent and place.
visible_mounts() {
  awk '
    function begins(text, with) { return substr(text, 1, length(with)) == with }
    { line[$1] = NR; id[NR] = $1; parent[NR] = $2; place[NR] = $5; flags[NR] = $6 }
    END {
      for (m = 1; m <= NR; m++)
        for (n = 1; n <= NR; n++)
          if (n != m && parent[n] == id[m] && place[n] == place[m])
            over[m] = n
          else if (n != m && parent[n] == parent[m] && begins(place[m], place[n] "/"))
            beside[m] = 1
      for (m = 1; m <= NR; m++) {
        hidden = (m in over) || (m in beside)
        for (child = m; (parent[child] in line) && line[parent[child]] != child; child = above) {
          above = line[parent[child]]
          if (((above in over) && over[above] != child) || (above in beside)) hidden = 1
        }
        if (!hidden) print place[m], flags[m]
      }
    }' /proc/self/mountinfo
}
)sh"},
    Function{
        "add_flags", "visible_mounts",
        R"sh(# mount(2) sets all flags of a mount anew, so those that it has are said again. $1: whether mounts below
# $3 are meant as well.
add_flags() {
  while read -r place flags; do
    case $place in *\\*) place=$(printf %s "$place" | sed 's/\\/\\0/g') place=$(printf '%b.' "$place") place=${place%.} ;; esac
    case $place in
      "$base/$3") ;;
      "$base/$3"/*) [ "$1" = all ] || continue ;;
      *) continue ;;
    esac
    mount -o "remount,bind,$flags,$2" none "$place"
  done <<END
$(visible_mounts)
END
}
)sh"},
    Function{"stop_following", "",
             R"sh(# What the host mounted later on a directory above would cover what is put on $1.
stop_following() {
  [ -n "$shown" ] || return 0
  above=$1
  while above=${above%/*} && [ -n "$above" ]; do
    mount --make-private "root$above" 2>/dev/null || :  # most are no mount points
  done
}
)sh"},
    Function{"mask", "no_link stop_following",
             R"sh(# An empty directory over a directory, the null device over all else.
mask() {
  no_link "$1"
  stop_following "$1"
  if [ -d "root$1" ]; then
    mount -t tmpfs -o ro,nosuid,nodev,noexec,mode=0755,nr_inodes=1 mask "root$1"
  elif [ -e "root$1" ]; then
    [ -c root/dev/null ] || fail "masking a file needs /dev/null inside the container"
    mount --bind root/dev/null "root$1"
  fi
}
)sh"},
    Function{"make_read_only", "no_link stop_following add_flags",
             R"sh(# A bind onto itself, with all that is mounted below.
make_read_only() {
  no_link "$1"
  [ -e "root$1" ] || return 0
  stop_following "$1"
  mount --rbind "root$1" "root$1"
  mount --make-rprivate "root$1"
  add_flags all ro "root$1"
}
)sh"},
    Function{"bind", "mount_point", R"sh(# $1: bind or rbind; $2: on the host; $3: inside.
bind() {
  [ -e "$2" ] || fail "the host has no such file: $2"
  if [ -d "$2" ]; then mount_point directory "$3"; else mount_point file "$3"; fi
  mount "--$1" "$2" "root$at"
  if [ -d "$2" ]; then shown=$shown${shown:+
}$at; fi
}
)sh"},
    Function{"uncover", "",
             R"sh(# The copy of the host's tree $1 at $2 has this script's own mounts in it: not for the container.
uncover() {
  above=$(realpath -- "$1")
  case $base in "${above%/}"/*) umount -l "root$2${base#"${above%/}"}" ;; esac
}
)sh"},
    Function{"image_hostname", "inside", R"sh(# hostname(5): the first line that says something.
image_hostname() {
  inside /etc/hostname
  name=''
  [ ! -f "root$at" ] || name=$(sed -n 's/^[[:blank:]]*//; s/[[:space:]]*$//; /^#/d; /./{p;q;}' "root$at")
  [ -n "$name" ] || fail "the image's /etc/hostname says none"
  hostname "$name"
}
)sh"},
    Function{
        "account", "inside",
        R"sh(# The ids of USER[:GROUP] by the container's own passwd(5) and group(5): $uid, $gid, $groups (a + before each:
# chroot(1) then looks up no name), $home.
account() {
  user=${1%%:*} group='' uid='' gid='' groups='' home=/ own=''
  case $1 in *:*) group=${1#*:} ;; esac
  inside /etc/passwd && users=root$at
  inside /etc/group && all_groups=root$at
  [ -f "$users" ] || users=/dev/null
  [ -f "$all_groups" ] || all_groups=/dev/null
  : "${user:=0}"
  for key in name number; do
    [ "$key" = name ] || is_number "$user" || break
    while IFS=: read -r name _ number number_of_group _ directory _ || [ -n "$name" ]; do
      if ! is_number "$number" || ! is_number "$number_of_group"; then continue; fi
      if [ "$key" = name ]; then [ "$name" = "$user" ] || continue; else [ "$number" -eq "$user" ] || continue; fi
      own=$name uid=$number gid=$number_of_group home=${directory:-/}
      break
    done <"$users"
    [ -z "$uid" ] || break
  done
  if [ -z "$uid" ]; then
    is_number "$user" || fail "the image has no user $user"
    uid=$user gid=0
  fi
  if [ -n "$group" ]; then gid=''; fi
  while IFS=: read -r name _ number members || [ -n "$name" ]; do
    is_number "$number" || continue
    if [ -n "$group" ]; then
      [ "$name" != "$group" ] || { gid=$number && break; }
    elif [ -n "$own" ] && [ "$number" -ne "$gid" ]; then
      case ,$members, in *,"$own",*) groups=$groups${groups:+,}+$number ;; esac
    fi
  done <"$all_groups"
  if [ -z "$gid" ]; then
    is_number "$group" || fail "the image has no group $group"
    gid=$group
  fi
}
# Further ones, each by name or number, behind them.
further_groups() {
  for group; do
    one=''
    while IFS=: read -r name _ number _ || [ -n "$name" ]; do
      [ "$name" != "$group" ] || ! is_number "$number" || { one=$number && break; }
    done <"$all_groups"
    if [ -z "$one" ]; then
      is_number "$group" || fail "the image has no group $group"
      one=$group
    fi
    case ,$groups, in *,+"$one",*) ;; *) groups=$groups${groups:+,}+$one ;; esac
  done
}
is_number() { case $1 in '' | *[!0-9]*) return 1 ;; esac; }
)sh"},
};

const Function* find(std::string_view name) {
  for (const Function& one : kFunctions) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

void want(std::string_view name, std::set<std::string>& wanted) {
  const Function* one = find(name);
  if (one == nullptr) return;
  wanted.emplace(name);
  std::string_view rest = one->calls;
  while (!rest.empty()) {
    const std::size_t end = rest.find(' ');
    want(rest.substr(0, end), wanted);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
}

}  // namespace

std::string functions_text(const std::set<std::string>& names) {
  std::set<std::string> wanted;
  for (const std::string& name : names) want(name, wanted);
  std::string text;
  for (const Function& one : kFunctions) {
    if (wanted.contains(std::string(one.name))) text += std::string(one.text) + "\n";
  }
  return text;
}

}  // namespace slipway::script
