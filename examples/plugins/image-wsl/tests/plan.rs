//! Has test/run.sh plan with the library.
use std::path::Path;
use std::process::Command;

#[test]
fn the_plan_is_as_expected() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let place = Path::new(env!("CARGO_TARGET_TMPDIR"));
    // A cdylib is nothing that a test could link, so cargo has not built it for this one.
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--quiet", "--target-dir"]).arg(place).current_dir(here);
    assert!(build.status().unwrap().success());
    // slipway looks for a plugin's own name.
    std::fs::copy(place.join("debug/libplugin_image_wsl.so"), place.join("image-wsl.so")).unwrap();
    assert!(Command::new(here.join("test/run.sh")).arg(place).status().unwrap().success());
}
