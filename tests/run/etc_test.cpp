// pseudo-etc: the three files that say who the container is, over whatever an image has in their places.
#include <catch2/catch.hpp>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

ImageSpec box_with(const std::vector<TarEntry>& entries) {
  ImageSpec image = box_image();
  image.layers.push_back({make_tar(entries)});
  return image;
}

std::string archive_with(const Runner& runner, const std::string& name, const std::vector<TarEntry>& entries) {
  return runner.put(name, docker_save({box_with(entries)}, Layout::docker25));
}

const std::string kHosts = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n";

std::string hosts_of(const std::string& name) { return kHosts + "127.0.0.1\t" + name + "\n::1\t" + name + "\n"; }

TEST_CASE("B2: hosts, hostname and the host's resolv.conf are there in an image that has none of them") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      CHECK(runner.inside("cat /etc/hosts", {"--hostname", "box-7"}) == hosts_of("box-7"));
      CHECK(runner.inside("cat /etc/hostname", {"--hostname", "box-7"}) == "box-7\n");
      CHECK(runner.inside("cat /etc/resolv.conf") == read_file("/etc/resolv.conf"));
      CHECK(runner.inside("stat -c '%n %a %u:%g' /etc/hosts /etc/hostname /etc/resolv.conf") ==
            "/etc/hosts 644 0:0\n/etc/hostname 644 0:0\n/etc/resolv.conf 644 0:0\n");
      // They are the container's own: it may write to them, and nobody sees it afterwards.
      CHECK(runner.inside("echo '10.0.0.1 x' >> /etc/hosts; grep -c x /etc/hosts") == "1\n");
      CHECK(runner.inside("grep -c x /etc/hosts || :; nc -h 2>/dev/null; hostname") == "0\nslipway\n");
    }
  }
}

TEST_CASE("B15: the three are bound over the image's own files, which stay as they are") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string image =
          archive_with(runner, "own.tar",
                       {file("etc/hosts", "1.2.3.4 image\n"), file("etc/hostname", "image\n", 0600),
                        file("etc/resolv.conf", "nameserver 1.2.3.4\n")});
      const std::string show = "cat /etc/hosts /etc/hostname; grep -c ' /etc/[hr]' /proc/self/mountinfo";
      CHECK(runner.run({image, "sh", "-c", show}).output == hosts_of("slipway") + "slipway\n3\n");
      const Outcome bare = runner.run({"--use", "pseudo=pseudo-standard", image, "sh", "-c", show + " || :"});
      CHECK(bare.output == "1.2.3.4 image\nimage\n0\n");
      CHECK(bare.errors == "");
    }
  }
}

TEST_CASE("B2: each of the three can be left out, and say something else") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string list = "ls /etc | grep '^host\\|^resolv' | tr '\\n' ' '";
      CHECK(runner.inside(list, {"--set", "pseudo.1.hosts=false"}) == "hostname resolv.conf ");
      CHECK(runner.inside(list, {"--set", "pseudo.1.hostname=false"}) == "hosts resolv.conf ");
      CHECK(runner.inside(list, {"--set", "pseudo.pseudo-etc.resolv_conf=false"}) == "hostname hosts ");
      CHECK(runner.inside("cat /etc/hosts",
                          {"--set", R"(pseudo.1.extra_hosts=["10.0.0.7 db db.internal","fd00::1 v6"])"}) ==
            hosts_of("slipway") + "10.0.0.7 db db.internal\nfd00::1 v6\n");
      CHECK(runner.inside("cat /etc/resolv.conf",
                          {"--set", R"(pseudo.1.dns=["10.0.0.2","fd00::2"])", "--set", R"(pseudo.1.dns_search=["a.b"])",
                           "--set", R"(pseudo.1.dns_options=["ndots:2","rotate"])"}) ==
            "nameserver 10.0.0.2\nnameserver fd00::2\nsearch a.b\noptions ndots:2 rotate\n");
      struct Row {
        Words options;
        const char* message;
      };
      for (const Row& row : std::initializer_list<Row>{
               {{"--set", R"(pseudo.1.dns_search=["a.b"])"}, "dns names none"},
               {{"--set", R"(pseudo.1.dns=["10.0.0.2"])", "--set", "pseudo.1.resolv_conf=false"},
                "no /etc/resolv.conf"},
               {{"--set", R"(pseudo.1.extra_hosts=["10.0.0.2 x"])", "--set", "pseudo.1.hosts=false"}, "no /etc/hosts"},
               {{"--set", R"(pseudo.1.dns=["10.0.0.2\nnameserver 6.6.6.6"])"}, "expected text as in"},
               {{"--set", R"(pseudo.1.extra_hosts=["nonsense"])"}, "expected text as in"}}) {
        Words words = row.options;
        words.insert(words.end(), {runner.box(), "true"});
        const Outcome outcome = runner.run(words);
        INFO(outcome.errors);
        CHECK(outcome.shell_status() == 125);
        CHECK(lines_of(outcome.errors).size() == 2);
        CHECK_THAT(outcome.errors, Catch::Contains(row.message));
      }
      // Without a name of the container's own the host's is nobody's business.
      CHECK(runner.inside("cat /etc/hosts; ls /etc/hostname 2>&1 || :",
                          {"--set", R"(isolation.namespaces=["mount","pid","net"])"}) ==
            kHosts + "ls: /etc/hostname: No such file or directory\n");
    }
  }
}

TEST_CASE("B2: links in the image's /etc are not followed out, and those in the three's places are replaced") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string outside = runner.own("outside");
      REQUIRE(
          run(runner.plain({"sh", "-c", "mkdir -m 0777 $0 && echo kept > $0/hosts && cp $0/hosts $0/file", outside}))
              .shell_status() == 0);
      for (const std::string& target :
           {outside + "/file", "../../../../../../.." + outside + "/file", std::string("/etc/hostname"),
            std::string("../run/systemd/resolve/stub-resolv.conf"), std::string("/dev/null"),
            std::string("/proc/self/fd/1"), std::string("hosts"), std::string("/proc/sys/kernel/hostname")}) {
        INFO(target);
        const std::string image =
            archive_with(runner, "links.tar", {soft_link("etc/hosts", target), soft_link("etc/resolv.conf", target)});
        const Outcome outcome = runner.run({image, "sh", "-c", "cat /etc/hosts; echo x > /dev/null; cat /dev/null"});
        CHECK(outcome.errors == "");
        CHECK(outcome.output == hosts_of("slipway"));
      }
      // /etc itself: inside of the root a link is followed, and one that leads nowhere there is refused by name.
      const std::string moved =
          archive_with(runner, "moved.tar", {directory("usr/"), directory("usr/etc/"), soft_link("etc", "usr/etc")});
      CHECK(runner.run({moved, "cat", "/usr/etc/hosts"}).output == hosts_of("slipway"));
      for (const std::string& target :
           {outside, "../.." + outside, std::string("/proc/1/root/etc"), std::string("etc")}) {
        INFO(target);
        const Outcome outcome = runner.run({archive_with(runner, "out.tar", {soft_link("etc", target)}), "true"});
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors, Catch::Contains("pseudo-etc") && Catch::Contains("/etc/hosts"));
      }
      CHECK(read_file(outside + "/hosts") + read_file(outside + "/file") == "kept\nkept\n");
      CHECK(run(runner.plain({"ls", outside})).output == "file\nhosts\n");
    }
  }
}

TEST_CASE("B2: an image without /etc gets one, and one with a file or directory in the way is refused by name") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      ImageSpec bare = box_image();
      bare.layers.push_back({make_tar({file(".wh.etc"), file(".wh.proc"), file(".wh.dev"), file(".wh.sys")})});
      const std::string none = runner.put("none.tar", docker_save({bare}, Layout::docker25));
      const Outcome outcome = runner.run({"-u", "0", none, "sh", "-c", "cat /etc/hosts; ls -d /proc/1 /dev/null"});
      CHECK(outcome.errors == "");
      CHECK(outcome.output == hosts_of("slipway") + "/dev/null\n/proc/1\n");
      for (const auto& [entries, named] :
           {std::pair{std::vector<TarEntry>{file("etc", "a file\n")}, "/etc/hosts: Not a directory"},
            std::pair{std::vector<TarEntry>{directory("etc/hosts/")}, "/etc/hosts: Is a directory"}}) {
        const Outcome refused = runner.run({"-u", "0", archive_with(runner, "way.tar", entries), "true"});
        INFO(refused.errors);
        CHECK(refused.shell_status() == 125);
        CHECK_THAT(refused.errors, Catch::Contains(named) && Catch::Contains("hint:"));
      }
    }
  }
}

TEST_CASE("B2: the copy of resolv.conf is as the host's is at each start, and empty where the host has none") {
  for (const Caller& caller : callers()) {
    if (!caller.is_root()) continue;  // who could change the host's
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const auto as_root = [&](const std::string& script) {
        const Outcome outcome = run(runner.plain({"sh", "-c", script}));
        INFO(outcome.errors);
        REQUIRE(outcome.shell_status() == 0);
      };
      const std::string other = runner.put("resolv.conf", "nameserver 10.9.8.7\n");
      const Words show = {runner.box(), "cat", "/etc/resolv.conf"};
      CHECK(runner.run(show).output == read_file("/etc/resolv.conf"));
      as_root("mkdir etc && cp -a /etc/. etc && mount --bind etc /etc && cp " + other + " /etc/resolv.conf");
      const auto shown = [&](Words words) {
        words.insert(words.begin(), "run");
        return run(runner.command(words));
      };
      CHECK(shown(show).output == "nameserver 10.9.8.7\n");  // a start from a record of the first
      as_root("rm /etc/resolv.conf");
      const Outcome none = shown({runner.box(), "sh", "-c", "cat /etc/resolv.conf; stat -c %s /etc/resolv.conf"});
      CHECK(none.output == "0\n");
      CHECK(none.errors == "");
      as_root("mkfifo /etc/resolv.conf");
      const Outcome fifo = shown(show);
      CHECK(fifo.shell_status() == 125);
      CHECK_THAT(fifo.errors, Catch::Contains("/etc/resolv.conf") && Catch::Contains("no regular file"));
      as_root("umount /etc");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
