#include <catch2/catch.hpp>
#include <cerrno>

#include "core/steps/steps.hpp"

using namespace slipway;
using namespace slipway::steps;

namespace {

const std::string kDigest = "sha256:0123456789ab" + std::string(52, 'c');

class Failing : public Preparation {
 public:
  explicit Failing(Error error) : error_(std::move(error)) {}
  Result<linux::Fd> layer(const std::string&) override { return tl::unexpected(error_); }
  Result<linux::Fd> scratch(const std::string&, Afterwards) override { return tl::unexpected(error_); }
  Result<linux::Fd> copy(const std::vector<Reference>&, const Reference&) override { return tl::unexpected(error_); }
  Result<linux::Fd> user_namespace() override { return tl::unexpected(error_); }

 private:
  Error error_;
};

std::string told(Error error) {
  Unpack step;
  step.diff_id = kDigest;
  Failing failing(std::move(error));
  return summary(step) + ": " + sentence(apply(step, failing).error());
}

}  // namespace

TEST_CASE("a layer that cannot be unpacked is told without saying anything twice") {
  CHECK(told({0, "unpack", "evil.tar: layer sha256:0123456789ab: entry 'x' is bad", ""}) ==
        "layer sha256:0123456789ab: evil.tar: entry 'x' is bad");
  // It was asked for first, but the next one failed.
  CHECK(told({0, "unpack", "evil.tar: layer sha256:ffffffffffff: entry 'x' is bad", ""}) ==
        "layer sha256:0123456789ab: evil.tar: layer sha256:ffffffffffff: entry 'x' is bad");
  CHECK(told({ENOSPC, "write the layers to disk", "", ""}) ==
        "layer sha256:0123456789ab: write the layers to disk: No space left on device");
}
