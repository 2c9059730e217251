# What Debian's policy wants otherwise than a prefix is laid out by `cmake --install`. cpack runs this when the files of
# both packages are in its folder, stripped, and no package is made yet.
find_program(strip strip REQUIRED)
set(pages_dir share/man/man1)

function(compress file)
  # Without name and time: the same file each time that it is made.
  execute_process(COMMAND gzip -9 -n -f ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

function(move_within usr from to)
  if(EXISTS ${usr}/${from})
    file(MAKE_DIRECTORY ${usr}/${to})
    file(GLOB files ${usr}/${from}/*)
    file(COPY ${files} DESTINATION ${usr}/${to})
    file(REMOVE_RECURSE ${usr}/${from})
  endif()
endfunction()

function(document usr package)
  set(doc ${usr}/share/doc/${package})
  # A package names a licence that is on every Debian instead of bringing its text once more.
  file(WRITE ${doc}/copyright
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: slipway

Files: *
Copyright: 2026 the slipway authors
License: Apache-2.0
 The text of the Apache License, Version 2.0, is in /usr/share/common-licenses/Apache-2.0.
")
  set(contact ${CPACK_PACKAGE_CONTACT})
  if(NOT contact MATCHES "<.*>")
    string(APPEND contact " <>")
  endif()
  string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, where that is set
  file(WRITE ${doc}/changelog
"slipway (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * What changed is told by the sources' commits, and why by docs/decisions.

 -- ${contact}  ${now}
")
  compress(${doc}/changelog)
  file(GLOB pages ${usr}/${pages_dir}/*.1)
  foreach(page IN LISTS pages)
    compress(${page})
  endforeach()
endfunction()

# What lintian would say of something that is so on purpose.
function(override usr package)
  list(TRANSFORM ARGN PREPEND "${package}: ")
  list(JOIN ARGN "\n" lines)
  file(WRITE ${usr}/share/lintian/overrides/${package} "${lines}\n")
endfunction()

set(runtime ${CPACK_TEMPORARY_DIRECTORY}/runtime/usr)
# site-functions is for what an administrator puts there.
move_within(${runtime} share/zsh/site-functions share/zsh/vendor-completions)
document(${runtime} slipway)
# Static on purpose: a dynamic linker's work costs more than a start.
override(${runtime} slipway
  "statically-linked-binary [usr/libexec/slipway/slipway-tree]"
  "shared-library-lacks-prerequisites [usr/bin/slipway]")

set(development ${CPACK_TEMPORARY_DIRECTORY}/development/usr)
# The same on every architecture, and so found by a pkg-config for another one, too.
move_within(${development} lib/pkgconfig share/pkgconfig)
document(${development} slipway-dev)
# Templates become the files of other projects; `slipway plugin new` makes those executable that are to be.
override(${development} slipway-dev
  "package-contains-vcs-control-file [usr/share/slipway/templates/*]"
  "script-not-executable [usr/share/slipway/templates/*]")
execute_process(COMMAND ${strip} --strip-debug --enable-deterministic-archives
  ${development}/lib/libslipway-testing.a COMMAND_ERROR_IS_FATAL ANY)
