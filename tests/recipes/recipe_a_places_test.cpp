// Recipe A, rows 8 to 11, 13 and 16: what is mounted in the container, what lies in its /dev, and what is not there.
#include <catch2/catch.hpp>

#include "tests/recipes/shipped.hpp"

namespace slipway::tests {
namespace {

Mount mount_on(const std::vector<Mount>& mounts, const std::string& target) {
  for (const Mount& mount : mounts) {
    if (mount.target == target) return mount;
  }
  FAIL("nothing is mounted on " << target);
  return {};
}

TEST_CASE("A8 proc, sys, run and tmp have exactly the recipe's flags, and run its mode") {
  struct Row {
    const char *target, *type, *flags;
  };
  for (const Caller& caller : callers()) {
    const std::vector<Mount> mounts = shipped(caller, kRecipeA).mounts();
    for (const Row& row :
         {Row{"/proc", "proc", "rw,nosuid,nodev,noexec,relatime"},
          Row{"/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime"}, Row{"/run", "tmpfs", "rw,nosuid,nodev,relatime"},
          Row{"/tmp", "tmpfs", "rw,nosuid,nodev,relatime"}}) {
      DYNAMIC_SECTION(caller.name << ": " << row.target) {
        const Mount mount = mount_on(mounts, row.target);
        CHECK(mount.type == row.type);
        CHECK(mount.flags == row.flags);
      }
    }
    DYNAMIC_SECTION(caller.name << ": modes") {
      CHECK(shipped(caller, kRecipeA).inside("stat -c '%n %a %u:%g' /run /tmp; ls -A /run /tmp") ==
            "/run 755 0:0\n/tmp 1777 0:0\n/run:\n\n/tmp:\n");
    }
  }
}

TEST_CASE("A9 /dev is a tmpfs with nosuid, and the six devices in it are the host's, for ordinary users as well") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const std::vector<Mount> mounts = recipe.mounts();
      CHECK(mount_on(mounts, "/dev").type == "tmpfs");
      CHECK(mount_on(mounts, "/dev").flags == "rw,nosuid,relatime");
      std::string script;
      for (const char* name : {"null", "zero", "full", "random", "urandom", "tty"}) {
        CHECK(mount_on(mounts, std::string("/dev/") + name).root == std::string("/") + name);
        script += std::string("stat -c '%n %F %t:%T' /dev/") + name + ";";
      }
      CHECK(recipe.inside(script) == tests::run(recipe.runner().plain({"sh", "-c", script})).output);
      CHECK(recipe.inside("{ echo x > /dev/null; cat /dev/null | wc -c; head -c 3 /dev/zero | wc -c; head -c 3 "
                          "/dev/random | wc -c; head -c 3 /dev/urandom | wc -c; head -c 3 /dev/full | wc -c; echo x > "
                          "/dev/full; test -c /dev/tty && echo tty; } 2>&1") ==
            "0\n3\n3\n3\n3\nsh: write error: No space left on device\ntty\n");
    }
  }
}

TEST_CASE("A10 any user inside can open a pseudo-terminal of the container's own, and shared memory is there") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const std::vector<Mount> mounts = recipe.mounts();
      CHECK(mount_on(mounts, "/dev/pts").flags == "rw,nosuid,noexec,relatime");
      CHECK_THAT("," + mount_on(mounts, "/dev/pts").options + ",", Catch::Contains(",ptmxmode=666,"));
      CHECK(mount_on(mounts, "/dev/shm").flags == "rw,nosuid,nodev,relatime");
      CHECK(recipe.inside("stat -c %a /dev/pts/ptmx /dev/shm; ls /dev/pts") == "666\n1777\nptmx\n");
      for (const char* user : {"root", "app", "4321"}) {
        if (caller.is_single() && std::string(user) != "root") continue;
        INFO(user);
        const Outcome outcome = recipe.run({"-u", user}, {"/bin/probe", "pty"});
        CHECK(outcome.output == "/dev/pts/0\n");  // the first of a new instance
        CHECK(outcome.shell_status() == 0);
      }
    }
  }
}

TEST_CASE("A11 the links of /dev lead to a program's own streams and to the container's terminals, and nothing else") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      CHECK(recipe.inside("cd /dev; for link in fd stdin stdout stderr ptmx; do readlink $link; done") ==
            "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n");
      CHECK(recipe.inside("ls -A /dev | sort | tr '\\n' ' '") ==
            "fd full null ptmx pts random shm stderr stdin stdout tty urandom zero ");
      // The kernel opens such a link anew, which it allows to whoever owns the pipe behind it.
      Command command = recipe.command({}, {"sh", "-c", "cat /dev/stdin > /dev/stdout; echo err > /dev/stderr"});
      Words piped = {"sh", "-c", "echo in | \"$@\" 2>&1 | cat", "sh"};
      piped.insert(piped.end(), command.arguments.begin(), command.arguments.end());
      command.arguments = piped;
      CHECK(tests::run(command).output == "in\nerr\n");
    }
  }
}

TEST_CASE("A13 nothing of the host is left among the mounts, and the old root is nowhere") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const std::vector<Mount> mounts = recipe.mounts();
      // Each hangs below another of the container's, up to one root.
      std::set<std::string> ids;
      for (const Mount& mount : mounts) ids.insert(mount.id);
      for (const Mount& mount : mounts) {
        INFO(mount.target);
        CHECK(ids.contains(mount.parent) == (mount.target != "/"));
        CHECK((mount.root == "/" || is_below(mount.target, "/dev")));
      }
      CHECK(recipe.inside("ls -A / | tr '\\n' ' '; ls -A /.. | wc -l") ==
            "bin dev etc home opaque opt proc root run sys tmp var 12\n");
      CHECK(recipe.inside("test -e " + recipe.pipeline() + " || echo gone") == "gone\n");
    }
  }
}

TEST_CASE("A13 an image that holds one program and nothing else starts: neither a shell nor umount is needed") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      TarEntry only = probe_entry();
      only.name = "only";
      ImageSpec image;
      image.tags = {"only:latest"};
      image.command = {"/only", "exit", "7"};
      image.layers = {{make_tar({only})}};
      recipe.begin_from(docker_save({image}, Layout::legacy));
      const Outcome outcome = recipe.run({}, {});
      CHECK(outcome.errors == "");
      CHECK(outcome.shell_status() == 7);
      CHECK(recipe.run({}, {"/only", "pty"}).output == "/dev/pts/0\n");
    }
  }
}

TEST_CASE("A16 the mount table is the recipe's: overlay, proc, sys, dev with six devices, pts and shm, run, tmp") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const std::string ids = owner_options(caller);
      const std::vector<Mount> mounts = shipped(caller, kRecipeA).mounts();
      const std::string tty = mount_on(mounts, "/dev/pts").options.find("gid=") == std::string::npos ? ""
                              : caller.is_root()                                                     ? "gid=5,"
                                                                                                     : "gid=*,";
      std::multiset<std::string> rows;
      for (std::string row : whole_table(mounts)) {
        // The group tty as the host numbers it, in an ordinary user's range.
        if (const std::size_t at = row.find("gid=");
            row.starts_with("/dev/pts ") && !caller.is_root() && at != std::string::npos)
          row.replace(at + 4, row.find(',', at) - at - 4, "*");
        rows.insert(row);
      }
      CHECK(caller.is_single() == tty.empty());
      CHECK(rows == std::multiset<std::string>{
                        "/ overlay rw,relatime rw,userxattr",
                        "/proc proc rw,nosuid,nodev,noexec,relatime rw",
                        "/sys sysfs rw,nosuid,nodev,noexec,relatime rw",
                        "/run tmpfs rw,nosuid,nodev,relatime rw,mode=755" + ids,
                        "/tmp tmpfs rw,nosuid,nodev,relatime rw" + ids,
                        "/dev tmpfs rw,nosuid,relatime rw,mode=755" + ids,
                        "/dev/null bound from /null",
                        "/dev/zero bound from /zero",
                        "/dev/full bound from /full",
                        "/dev/random bound from /random",
                        "/dev/urandom bound from /urandom",
                        "/dev/tty bound from /tty",
                        "/dev/pts devpts rw,nosuid,noexec,relatime rw," + tty + "mode=620,ptmxmode=666",
                        "/dev/shm tmpfs rw,nosuid,nodev,relatime rw" + ids,
                    });
    }
  }
}

}  // namespace
}  // namespace slipway::tests
