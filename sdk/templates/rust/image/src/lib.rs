//! An image out of one tar of a root filesystem, with a command of its own. It runs in slipway's sandboxed worker.
use slipway::{Failure, Object, Resolve, Result};

slipway::plugin!(resolve = resolve);

fn resolve(archive: &mut Resolve) -> Result<()> {
    // A Failure becomes an error at the place where the option was written.
    if archive.text("/facts/source/type")? == "directory" {
        let failure = Failure::new("/options/source", "the source is a directory, not a tar");
        return Err(failure.hint("use image-directory"));
    }
    if archive.entry(0).is_none() {
        return Err(Failure::new("/options/source", "the archive holds no file"));
    }
    // The whole archive is one layer. Whose digest is told nowhere, slipway finds out.
    let size = archive.integer("/facts/source/size")?;
    let layer = Object::new().text("compression", "none").integer("offset", 0).integer("size", size);
    let settings = Object::new().texts("cmd", archive.texts("/options/command")?);
    let image = Object::new().text("kind", "tar with a command").text("name", "");
    archive.fact("image", &image.object("settings", settings).objects("layers", [layer]));
    Ok(())
}
