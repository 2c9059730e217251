#include "core/script/script.hpp"

#include <catch2/catch.hpp>
namespace slipway::script { namespace { TEST_CASE("x") {} } }
