// Recipe A, rows 1 and 5 to 7: from an archive of `docker save` to a root filesystem.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/recipes/shipped.hpp"
#include "tests/run/source_runs.hpp"
#include "tests/support/tree.hpp"

namespace slipway::tests {
namespace {

using Json = nlohmann::json;

ImageSpec saying(const std::string& tag, const std::string& word) {
  ImageSpec image = layered_image();
  image.tags = {tag};
  image.layers.push_back({make_tar({file("etc/word", word + "\n")})});
  return image;
}

std::string digest_of(const Json& unpack) { return unpack.at("diff_id").get<std::string>(); }

TEST_CASE("A1 the image is the one of that tag when an archive holds several, and without a tag they are named") {
  for (const Caller& caller : callers()) {
    for (const Layout layout : {Layout::legacy, Layout::docker25}) {
      DYNAMIC_SECTION(caller.name << (layout == Layout::legacy ? ", legacy" : ", blobs")) {
        const Shipped recipe(caller, kRecipeA);
        recipe.begin_from(docker_save({saying("box:one", "first"), saying("other:two", "second")}, layout));
        CHECK(recipe.inside("cat /etc/word", {"--set", "image.image=box:one"}) == "first\n");
        CHECK(recipe.inside("cat /etc/word", {"--set", "image.image=other:two"}) == "second\n");
        const Outcome none = recipe.run({}, {"true"});
        CHECK(none.shell_status() == 125);
        CHECK_THAT(none.errors, Catch::Contains("box:one") && Catch::Contains("other:two"));
      }
    }
  }
}

TEST_CASE("A1 the layers are those of manifest.json in its order, whatever else lies in the archive") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      std::vector<TarEntry> entries = docker_save_entries({layered_image()}, Layout::legacy);
      CHECK(entry_named(entries, "repositories").content.find("box") != std::string::npos);
      const std::string stray(64, 'f');
      entries.push_back(directory(stray + "/"));
      entries.push_back(file(stray + "/VERSION", "1.0"));
      entries.push_back(file(stray + "/layer.tar", make_tar({file("etc/stray", "not of this image\n")})));
      recipe.begin_from(make_tar(entries));
      CHECK(recipe.inside("cat /etc/top; ls /etc/stray 2>/dev/null || echo no stray") == "third\nno stray\n");
    }
  }
}

TEST_CASE("A5 what a container writes vanishes with it, and each layer was unpacked once for all starts") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      CHECK(recipe.inside("echo x > /mark; echo x > /etc/top; rm -r /opt; cat /mark /etc/top") == "x\nx\n");
      const std::string layers = layers_of(recipe.runner());
      CHECK(lines_of(layers).size() == 3);
      CHECK(recipe.inside("ls /mark 2>/dev/null; cat /etc/top; ls -d /opt") == "third\n/opt\n");
      CHECK(layers_of(recipe.runner()) == layers);  // the same directories, made at the same time
      // run() looks after each run for mounts, processes, journals and directories of runs.
    }
  }
}

TEST_CASE("A6 each layer lies in a directory of its own, and what an upper one deletes does not come back") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      CHECK(recipe.inside("ls -d /gone /etc/gone 2>/dev/null; ls -A /opaque; find / -xdev -name '.wh.*'") == "new\n");
      // The store still has what was deleted, in the layer that brought it.
      if (::geteuid() != 0) continue;  // a range's layers are closed to the caller
      const std::string look = "cd $0/layers && ls -d */tree/gone/file */tree/gone */tree/etc/top | wc -l";
      CHECK(tests::run({.arguments = {"sh", "-c", look, recipe.runner().store()}}).output == "5\n");
    }
  }
}

TEST_CASE("A7 the root is an overlay of the layers, the last one on top") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      const Mount root = recipe.mounts().front();
      CHECK(root.target == "/");
      CHECK(root.type == "overlay");
      CHECK(recipe.inside("cat /etc/top") == "third\n");
      // The plan says the same by name: layer0 is manifest.json's first.
      const Json plan = Json::parse(recipe.plan());
      Json overlay;
      std::vector<std::string> unpacked, expected;
      for (const Json& step : plan.at("steps")) {
        if (step.at("type") == "unpack") unpacked.push_back(step.at("as").get<std::string>() + " " + digest_of(step));
        if (step.at("type") == "overlay") overlay = step;
      }
      for (const ImageLayer& layer : layered_image().layers)
        expected.push_back("layer" + std::to_string(expected.size()) + " " + digest(layer.tar));
      CHECK(unpacked == expected);
      CHECK(overlay.at("lower") == Json({"@layer2", "@layer1", "@layer0"}));
      CHECK(overlay.at("target") == "/");
    }
  }
}

TEST_CASE("A7 a write goes up: the layers in the store stay as they are") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped recipe(caller, kRecipeA);
      (void)recipe.inside("true");
      const auto describe = [&] { return to_text(describe_tree(recipe.runner().store() + "/layers")); };
      const std::string before = describe();
      CHECK(recipe.inside("echo w >> /etc/top; chmod 700 /opaque; rm /bin/sed; ln /bin/cat /bin/dog; cat /etc/top") ==
            "third\nw\n");
      CHECK(describe() == before);
    }
  }
}

TEST_CASE("A7 a directory of a lower layer can be removed and made anew, by ordinary users' containers as well") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Shipped& recipe = shipped(caller, kRecipeA);
      CHECK(recipe.inside("rm -r /opt /opaque && mkdir /opt && ls -A /opt && ls -d /opaque 2>/dev/null || "
                          "echo removed; echo x > /opt/x && mv /opt/x /opt/y && cat /opt/y") == "removed\nx\n");
      CHECK_THAT("," + recipe.mounts().front().options + ",", Catch::Contains(",userxattr,"));
    }
  }
}

}  // namespace
}  // namespace slipway::tests
