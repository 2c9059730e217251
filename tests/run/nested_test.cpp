// Root of a user namespace that is not the host's: what unshare -r makes of a user, and other runtimes of root inside
// them. It has no rights over the host, and fewer ids.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

struct Around {
  const char* name;
  Words words;
  bool is_for_range = false;  ///< needs subordinate ids
};

const std::vector<Around>& namespaces_around() {
  static const std::vector<Around> kAround = {
      {"one id", {"unshare", "--user", "--map-root-user"}},
      {"a range of ids", {"unshare", "--user", "--map-root-user", "--map-auto"}, true},
  };
  return kAround;
}

Command within(const Around& around, Command command) {
  command.arguments.insert(command.arguments.begin(), around.words.begin(), around.words.end());
  return command;
}

template <typename Body>
void for_each_around(const Body& body) {
  for (const Caller& caller : callers()) {
    for (const Around& around : namespaces_around()) {
      // The host's root has no line in /etc/subuid as a rule.
      if (around.is_for_range && caller.ids != Caller::Ids::range) continue;
      INFO(caller.name << " in a user namespace with " << around.name);
      body(caller, around);
    }
  }
}

constexpr const char* kDevices = "test -c /dev/null && echo lost > /dev/null && head -c 3 /dev/zero | wc -c";

}  // namespace

TEST_CASE("root of another user namespace runs containers, whose devices are the host's") {
  for_each_around([](const Caller& caller, const Around& around) {
    Runner runner(caller);
    const std::string box = runner.box();
    // The second start has a record, and the third says what a container without a user namespace of its own has.
    for (const Words& more : {Words{}, Words{}, Words{"--set", "isolation.user=none"}}) {
      Words words = {"run"};
      words.insert(words.end(), more.begin(), more.end());
      words.insert(words.end(), {box, "sh", "-c", kDevices});
      const Outcome outcome = run(within(around, runner.command(words)));
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output == "3\n");
      CHECK(outcome.errors.find("error") == std::string::npos);
      CHECK(runner.leftovers() == "");
    }
  });
}

TEST_CASE("ids that a user namespace lacks are refused by name when its root wants to map them") {
  for (const Caller& caller : callers()) {
    INFO(caller.name);
    Runner& runner = shared(caller);
    const Words words = {"run", "--set", R"(isolation.user={"uids":["0:1000000:65536"]})", runner.box(), "true"};
    const Outcome outcome = run(within(namespaces_around()[0], runner.command(words)));
    INFO(to_text(outcome));
    CHECK(outcome.shell_status() == 125);
    CHECK_THAT(outcome.errors,
               Catch::Contains("/isolation/user/uids/0: the ids 1000000 to 1065535 are none of the user "
                               "namespace in which slipway runs"));
  }
}

TEST_CASE("a record of a start on the host is not used in another user namespace, nor one from there on the host") {
  for_each_around([](const Caller& caller, const Around& around) {
    Runner runner(caller);
    const Words words = {"run", runner.box(), "sh", "-c", kDevices};
    for (int i = 0; i < 2; ++i) {
      for (const bool is_nested : {false, true, false}) {
        const Outcome outcome = run(is_nested ? within(around, runner.command(words)) : runner.command(words));
        INFO((is_nested ? "nested: " : "on the host: ") << to_text(outcome));
        CHECK(outcome.output == "3\n");
      }
    }
  });
}

TEST_CASE("root of another user namespace unpacks images, and is told of the devices and owners that it cannot make") {
  for_each_around([](const Caller& caller, const Around& around) {
    Runner runner(caller);
    ImageSpec image = standard_image(Packing::plain, Files::of_root);
    TarEntry strange = file("strange", "text");
    strange.uid = 1000;
    strange.gid = 1000;
    image.layers.push_back({make_tar({character_device("dev-null", 1, 3), strange})});
    const std::string archive = runner.put("devices.tar", docker_save({image}, Layout::docker25));
    for (const Words& more : {Words{}, Words{"--set", "isolation.user=none"}}) {
      const std::string target = runner.own("tree") + std::to_string(more.size());
      Words words = {"unpack"};
      words.insert(words.end(), more.begin(), more.end());
      words.insert(words.end(), {archive, target});
      const Outcome outcome = run(within(around, runner.command(words)));
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      const bool is_told = outcome.errors.find("strange (1000:1000)") != std::string::npos;
      CHECK(is_told != around.is_for_range);
      const Outcome seen = run(within(around, runner.plain({"stat", "-c", "%u:%g", target + "/strange"})));
      CHECK(seen.output == (around.is_for_range ? "1000:1000\n" : "0:0\n"));
      CHECK(run(runner.plain({"test", "-e", target + "/dev-null"})).shell_status() == 1);
    }
  });
}

TEST_CASE("root of another user namespace has its store, journals and doctor where the user has them") {
  for_each_around([](const Caller& caller, const Around& around) {
    Runner runner(caller);
    const std::string box = runner.box();
    const auto prepared = [&](Words words) {
      words.insert(words.begin(), program_for(caller));
      Command command = within(around, runner.plain(std::move(words)));
      (*command.environment)["XDG_DATA_HOME"] = runner.own("data");
      return command;
    };
    const Outcome ran = run(prepared({"run", box, "echo", "hello"}));
    INFO(to_text(ran));
    CHECK(ran.output == "hello\n");
    CHECK(run(runner.plain({"test", "-f", runner.own("data/slipway/version")})).shell_status() == 0);
    const Outcome checked = run(prepared({"doctor"}));
    INFO(to_text(checked));
    CHECK(checked.shell_status() == 0);
    CHECK(checked.output.find("slipway run works here") != std::string::npos);
    CHECK(checked.output.find("those of the host can be had") != std::string::npos);
    const Outcome cleaned = run(prepared({"clean"}));
    INFO(to_text(cleaned));
    CHECK(cleaned.shell_status() == 0);
  });
}

}  // namespace slipway::tests
