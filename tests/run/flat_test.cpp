// One tar of a root filesystem: what crane export, docker export and tar write.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kEndMark = 1024;

// The lowest layer of the box has all the programs.
std::string flat_with(const std::vector<TarEntry>& more) {
  const std::string base = box_image().layers.front().tar;
  return base.substr(0, base.size() - kEndMark) + make_tar(more);
}

const std::string& flat_bytes() {
  static const std::string kBytes = flat_with({file("etc/hello", "hello from the image\n")});
  return kBytes;
}

}  // namespace

TEST_CASE("A1: a flat tar is an image without settings, plain or compressed, from a file or a pipe") {
  struct Row {
    const char* name;
    Packing packing;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      std::string layers;
      for (const Row& row : {Row{"plain", Packing::plain}, Row{"gzip", Packing::gzip}, Row{"zstd", Packing::zstd}}) {
        INFO(row.name);
        const std::string bytes = pack(flat_bytes(), row.packing);
        const std::string file = runner.put(row.name, bytes);
        for (const Words& use : {Words{}, Words{"--use", "image=image-crane-export"}}) {
          Words words = use;
          words.insert(words.end(), {file, "cat", "/etc/hello"});
          const Outcome outcome = runner.run(words);
          CHECK(outcome.output == "hello from the image\n");
          CHECK(outcome.errors == "");
          CHECK(run_with_input(runner, {"run", "-", "cat", "/etc/hello"}, bytes).output == "hello from the image\n");
        }
        if (layers.empty()) layers = layers_of(runner);
      }
      // By its digest it is always the same layer.
      CHECK(layers_of(runner) == layers);
      CHECK(lines_of(layers).size() == 1);
      CHECK(settle(runner, {"run", "--timing", runner.put("warm.tar", flat_bytes()), "echo", "warm"}).output ==
            "warm\n");
      CHECK(layers_of(runner) == layers);
    }
  }
}

TEST_CASE("the program of a flat tar is /bin/sh") {
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    Command command = runner.command({"run", runner.put("flat.tar", flat_bytes())});
    command.input = "echo I am $0; id -u; pwd\n";
    const Outcome outcome = run(command);
    CHECK(outcome.output == "I am /bin/sh\n0\n/\n");
    CHECK(outcome.errors == "");
  }
}

TEST_CASE("a flat tar keeps owners, modes and times") {
  TarEntry special = file("srv/special", "x", 04751);
  special.uid = 1000;
  special.gid = 50;
  special.mtime = 1'234'567'890;
  for (const Caller& caller : callers()) {
    Runner& runner = shared(caller);
    const std::string image = runner.put("owners.tar", flat_with({directory("srv/"), special}));
    const Outcome outcome = runner.run({image, "stat", "-c", "%u:%g %a %Y", "/srv/special"});
    CHECK(outcome.output == (caller.is_single() ? "0:0 4751 1234567890\n" : "1000:50 4751 1234567890\n"));
    CHECK((outcome.errors == "") == !caller.is_single());
  }
}

TEST_CASE("every form of tar that is in use is read, with long names, links and holes") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string name(45, 'n');
      const std::string root = runner.own("forms");
      const std::string make = "mkdir -p " + root + "/bin " + root + "/" + name + "/" + name + "; cp /bin/busybox " +
                               root + "/bin/busybox; ln -s busybox " + root + "/bin/sh; cd " + root + "; echo long >" +
                               name + "/" + name + "/file; ln " + name + "/" + name + "/file hard; ln -s " + name +
                               "/" + name +
                               "/file soft; truncate -s 1M hole; "
                               "printf end >>hole";
      REQUIRE(run(runner.plain({"sh", "-ec", make})).status == 0);
      for (const char* form : {"gnu", "pax", "ustar", "oldgnu"}) {
        INFO(form);
        const std::string archive = runner.own(std::string(form) + ".tar");
        Words words = {"tar", std::string("--format=") + form, "--owner=0", "--group=0", "-C", root, "-cf", archive};
        // ustar has no words for holes.
        if (std::string_view(form) != "ustar") words.emplace_back("--sparse");
        words.emplace_back(".");
        REQUIRE(run(runner.plain(words)).errors == "");
        const Outcome outcome =
            runner.run({archive, "/bin/busybox", "sh", "-c",
                        "busybox cat /hard /soft; busybox tail -c 3 /hole; busybox stat -c ' %s %h' /hole /hard"});
        CHECK(outcome.output == "long\nlong\nend 1048579 1\n 5 2\n");
        CHECK(outcome.errors == "");
      }
    }
  }
}

TEST_CASE("a whiteout that was left in a flat tar is told of, and deletes nothing") {
  for (const Caller& caller : callers()) {
    const Runner runner(caller);
    const std::string image =
        runner.put("left.tar", flat_with({directory("srv/"), file("srv/.wh.gone"), file("srv/here", "here\n")}));
    const Outcome outcome = runner.run({image, "sh", "-c", "cat /srv/here; test ! -e /srv/gone -a ! -e /srv/.wh.gone"});
    CHECK(outcome.output == "here\n");
    CHECK(outcome.shell_status() == 0);
    CHECK_THAT(outcome.errors, Catch::Contains("warning") &&
                                   Catch::Contains("1 names of deletions are left in the tar, the first of them "
                                                   "srv/.wh.gone"));
  }
}

TEST_CASE("a root filesystem that lies one directory deeper is told of by inspect and by what finds no program") {
  const std::string tar = make_tar({directory("rootfs/"), directory("rootfs/bin/"), file("rootfs/bin/sh", "x")});
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string archive = runner.put("above.tar", tar);
      const std::string directory = runner.own("above");
      REQUIRE(run(runner.plain({"sh", "-c", "mkdir -p $0/rootfs/bin && : >$0/rootfs/bin/sh", directory})).status == 0);
      for (const std::string& source : {archive, directory}) {
        CHECK_THAT(runner.slipway({"inspect", source}).output,
                   Catch::Contains("nothing at its top looks like a root filesystem, and what is in "
                                   "rootfs/ does"));
        for (const char* program : {"sh", "/bin/sh"}) {
          const Outcome outcome = runner.run({source, program});
          INFO(to_text(outcome));
          CHECK(outcome.shell_status() == 127);
          CHECK_THAT(outcome.errors, Catch::Contains("what is in /rootfs does: was the directory above it packed"));
        }
      }
      const std::string whole = runner.put("whole.tar", flat_bytes());
      CHECK(runner.slipway({"inspect", whole}).output.find("at its top") == std::string::npos);
      CHECK(runner.run({whole, "/no/such"}).errors.find("at its top") == std::string::npos);
    }
  }
}

TEST_CASE("what a source is not, its plugin says in one clear error") {
  struct Row {
    const char* plugin;
    std::string bytes;
    Words parts;
  };
  const std::vector<Row> rows = {
      {"image-docker-save", flat_bytes(), {"image-docker-save: the archive has no manifest.json"}},
      {"image-oci", flat_bytes(), {"image-oci: the source has no oci-layout"}},
      {"image-directory", flat_bytes(), {"image-directory: the source is no directory", "image-crane-export"}},
      {"image-crane-export",
       make_tar({}),
       {"image-crane-export: the archive holds no file", "a tar of a root filesystem"}},
      {"image-crane-export",
       docker_save({box_image()}, Layout::docker25),
       {"image-crane-export: this is an archive of docker save", "use image-docker-save"}},
      {"image-crane-export",
       make_tar({file("oci-layout", "{}"), file("index.json", "{}")}),
       {"image-crane-export: this is an OCI image layout", "use image-oci"}},
      {"image-oci",
       docker_save({box_image()}, Layout::legacy),
       {"image-oci: the source has no oci-layout, but the manifest.json", "use image-docker-save"}},
      {"image-auto", make_tar({directory("blobs/"), directory("blobs/sha256/")}), {"has no manifest.json"}},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      INFO(caller.name << ": " << row.plugin);
      Runner& runner = shared(caller);
      const std::string image = runner.put("other.tar", row.bytes);
      const Outcome outcome = runner.run({"--use", std::string("image=") + row.plugin, image, "true"});
      CHECK(outcome.shell_status() == 125);
      CHECK(lines_of(outcome.errors).size() == 2);
      for (const std::string& part : row.parts) CHECK_THAT(outcome.errors, Catch::Contains(part));
    }
  }
}

}  // namespace slipway::tests
