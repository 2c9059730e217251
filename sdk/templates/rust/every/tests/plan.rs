//! `cargo test` builds the library, and this has test/run.sh plan with it.
use std::path::Path;
use std::process::Command;

#[test]
fn the_plan_is_as_expected() {
    // target/debug/deps/plan-… lies beside the library, which a plugin's directory has under the plugin's name.
    let test = std::env::current_exe().unwrap();
    let library = test.parent().unwrap().join("libplugin_@IDENTIFIER@.so");
    let plugins = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::copy(library, plugins.join("@NAME@.so")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/run.sh");
    assert!(Command::new(script).arg(plugins).status().unwrap().success());
}
