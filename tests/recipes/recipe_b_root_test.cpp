// Recipe B, rows 1, 2, 6, 15, 16, 18 and 22: from one flat tar to a root with three files of its own, and its program.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "tests/recipes/shipped.hpp"
#include "tests/run/rich_image.hpp"
#include "tests/support/tree.hpp"

namespace slipway::tests {
namespace {

const std::string kHosts =
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.0.1\tslipway\n::1\tslipway\n";

// A directory of the host's that everybody can write to, and that nothing may change.
struct Outside {
  explicit Outside(const Runner& runner) : path(runner.own("outside")) {
    const char* make = "mkdir -m 0777 $0 && echo kept > $0/hosts && mkdir $0/pts";
    REQUIRE(tests::run(runner.plain({"sh", "-c", make, path})).status == 0);
    before = describe_tree(path);
  }
  std::string path{};
  std::map<std::string, std::string> before{};
};

}  // namespace

TEST_CASE("B1 the root filesystem comes from a flat tar, in a file or through a pipe, with owners and modes") {
  const std::string bytes =
      flat_image({owned(file("srv", "s", 04751), 1000, 50), owned(file("note", "n", 0604), 7, 8)});
  const Words show = {"stat", "-c", "%n %u:%g %a", "/srv", "/note", "/tmp"};
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeB);
      const std::string kept = caller.is_single() ? "/srv 0:0 4751\n/note 0:0 604\n/tmp 0:0 1777\n"
                                                  : "/srv 1000:50 4751\n/note 7:8 604\n/tmp 0:0 1777\n";
      recipe.begin_from(bytes);
      CHECK(recipe.run({}, show).output == kept);
      Command piped = recipe.command({"--set", "image.source=-"}, show);
      piped.input = bytes;
      CHECK(tests::run(piped).output == kept);
      Command early = recipe.command({"--set", "image.source=-"}, show);
      early.input = bytes.substr(0, bytes.size() / 2);
      const Outcome ended = tests::run(early);
      CHECK(ended.shell_status() == 125);
      CHECK_THAT(ended.errors, Catch::Contains("truncated"));
      CHECK(recipe.runner().leftovers() == "");
    }
  }
}

TEST_CASE(
    "B2 hosts with the container's name, hostname and the host's resolv.conf can be read, and are made if missing") {
  for (const Caller& caller : callers()) {
    for (const bool is_missing : {false, true}) {
      DYNAMIC_SECTION(caller.name << (is_missing ? ", no /etc" : "")) {
        const Shipped recipe(caller, kRecipeB);
        if (is_missing)
          recipe.begin_from(make_tar({directory("bin/"), file("bin/busybox", read_file("/bin/busybox"), 0755),
                                      soft_link("bin/sh", "busybox"), soft_link("bin/cat", "busybox")}));
        CHECK(recipe.inside("cat /etc/hosts") == kHosts);
        CHECK(recipe.inside("cat /etc/hostname") == "slipway\n");
        CHECK(recipe.inside("cat /etc/resolv.conf") == read_file("/etc/resolv.conf"));
      }
    }
  }
}

TEST_CASE("B2 the root's own files in /etc stay as they are, and links in their places are not followed out") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeB);
      const std::string cover = "echo x >> /etc/hosts && echo x > /etc/hostname && tail -n1 /etc/hosts";
      CHECK(recipe.inside(cover) == "x\n");
      CHECK(recipe.inside("cat /etc/hosts /etc/hostname /etc/resolv.conf; stat -c %a /etc/hosts",
                          {"--use", "pseudo=pseudo-standard"}) ==
            "1.2.3.4 of-the-image\nof-the-image\nnameserver 1.2.3.4\n640\n");
      const Outside outside(recipe.runner());
      for (const std::string& target :
           {outside.path + "/hosts", "../../../../../../../.." + outside.path + "/hosts", std::string("/proc/1/cwd/x"),
            std::string("../run/systemd/resolve/stub-resolv.conf"), std::string("hosts")}) {
        INFO(target);
        recipe.begin_from(flat_image({soft_link("etc/hosts", target), soft_link("etc/resolv.conf", target)}));
        CHECK(recipe.inside("cat /etc/hosts && echo x > /etc/resolv.conf") == kHosts);
      }
      CHECK(describe_tree(outside.path) == outside.before);
    }
  }
}

TEST_CASE(
    "B6 a root with links in the places of mounts changes nothing on the host, and starts or is refused by name") {
  for (const Caller& caller : callers()) {
    for (const std::string place : {"proc", "dev", "sys", "etc", "etc/hosts", "dev/pts", "dev/null"}) {
      DYNAMIC_SECTION(caller.name << ": /" << place) {
        const Shipped recipe(caller, kRecipeB);
        const Outside outside(recipe.runner());
        for (const std::string& target :
             {outside.path, "../../../../../../../.." + outside.path, "/proc/1/root" + outside.path,
              outside.path + "/hosts", std::string("/etc"), std::string("nowhere")}) {
          INFO(target);
          recipe.begin_from(flat_image({soft_link(place, target)}));
          const Outcome outcome = recipe.run({}, {"/bin/sh", "-c", "echo x > /dev/shm/x; echo ran"});
          const bool is_hidden = place == "etc/hosts" || place.starts_with("dev/");
          if (is_hidden) CHECK(to_text(outcome) == to_text(Outcome{.output = "ran\n"}));
          if (!is_hidden) CHECK(outcome.shell_status() == 125);
          if (!is_hidden) CHECK_THAT(outcome.errors, Catch::Contains("/" + place));
        }
        CHECK(describe_tree(outside.path) == outside.before);
      }
    }
  }
}

TEST_CASE("B15 exactly three files of /etc are covered, each by a mount of its own") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      std::set<std::string> covered;
      for (const Mount& mount : shipped(caller, kRecipeB).mounts()) {
        if (!mount.target.starts_with("/etc")) continue;
        covered.insert(mount.target + " " + mount.type + " " + mount.flags);
      }
      const std::string how = " tmpfs rw,nosuid,nodev,noexec,relatime";
      CHECK(covered == std::set<std::string>{"/etc/hosts" + how, "/etc/hostname" + how, "/etc/resolv.conf" + how});
    }
  }
}

TEST_CASE("B16 the root is entered without a directory for the old one: none is left in it, then or afterwards") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeB);
      const std::string names = "bin dev etc home opaque opt proc root run sys tmp var ";
      CHECK(recipe.inside("ls -A / | tr '\\n' ' '") == names);
      const Outcome kept = recipe.run({"--set", "rootfs.keep=true"}, {"/bin/true"});
      const std::size_t at = kept.errors.find('/');
      REQUIRE(at != std::string::npos);
      const std::string root = kept.errors.substr(at, kept.errors.find('\n') - at);
      // It belongs to ids that only root and the caller's own containers can look at.
      const Outcome listed = tests::run({.arguments = {"sh", "-c", "ls -A $0 | tr '\\n' ' '", root}});
      if (::geteuid() == 0) CHECK(listed.output == names);
      CHECK(recipe.runner().slipway({"clean", "--kept", "--store", recipe.runner().store()}).shell_status() == 0);
    }
  }
}

TEST_CASE("B18 of the old root nothing is left: no mount, no path, no descriptor") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      const std::vector<Mount> mounts = recipe.mounts();
      std::set<std::string> ids;
      for (const Mount& mount : mounts) ids.insert(mount.id);
      for (const Mount& mount : mounts) CHECK(ids.contains(mount.parent) == (mount.target != "/"));
      CHECK(recipe.inside("test -e " + recipe.pipeline() +
                          " || echo gone; ls -di / /.. /../../.. | sort -u | wc -l; "
                          "readlink /proc/1/root; readlink /proc/1/cwd") == "gone\n3\n/\n/\n");
      CHECK(recipe.run({}, {"/bin/probe", "descriptors"}).output == "0\n1\n2\n");
    }
  }
}

TEST_CASE("B22 the program is /bin/sh where nobody says another one") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      Command command = recipe.command({}, {});
      command.input = "echo I am $0, process $$; pwd; id -u\n";
      CHECK(tests::run(command).output == "I am /bin/sh, process 1\n/\n0\n");
      CHECK(recipe.run({}, {"/bin/echo", "another"}).output == "another\n");
    }
  }
}

TEST_CASE("B22 an init is offered: it reaps what becomes its child, and TERM ends a program that knows no signals") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeB);
      const Words init = {"--set", "exec.init=true"};
      // The inner shell's child becomes process 1's, and is gone once it has ended.
      const std::string orphan =
          "sh -c 'sh -c \"exit 3\" & echo $!' > /tmp/pid; i=0; while [ -e /proc/$(cat /tmp/pid) ] && [ $i -lt 1000000 "
          "]; "
          "do i=$((i+1)); done; [ -e /proc/$(cat /tmp/pid) ] && echo a zombie || echo reaped; echo $(($$ > 1))";
      CHECK(recipe.inside(orphan, init) == "reaped\n1\n");
      Program program(recipe.command(init, {"/bin/sh", "-c", "echo up; exec sleep 1000"}));
      REQUIRE(program.wait_for_output("up\n"));
      program.signal(SIGTERM);
      const Outcome outcome = program.wait();
      CHECK(outcome.shell_status() == 128 + SIGTERM);
      CHECK(outcome.errors == "");
      CHECK(recipe.runner().leftovers() == "");
    }
  }
}

}  // namespace slipway::tests
