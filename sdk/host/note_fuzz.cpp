// Whatever bytes lie in a plugin directory, looking for a manifest and for needed libraries in them ends, and so does
// reading what is found.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "sdk/host/dependencies.hpp"
#include "sdk/host/manifest.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int fd = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (fd < 0 || ::ftruncate(fd, 0) != 0) std::abort();
  if (::pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  const auto text = slipway::host::read_manifest_note(fd);
  if (text) (void)slipway::host::parse_manifest(*text);
  if (const auto found = slipway::host::read_dependencies(fd)) (void)slipway::host::depends_on_directory(*found);
  return 0;
}
