//! Root filesystem from an overlay of the image's layers; writes go to memory, or nowhere.
use slipway::{Failure, Plan, Result, Step};

slipway::plugin!(plan = plan);

fn plan(plan: &mut Plan) -> Result<()> {
    let count = plan.count("/facts/image/layers")?;
    if count == 0 {
        return Err(Failure::new("/facts/image/layers", "the image has no layer"));
    }
    // Each layer is unpacked into slipway's store, once for all runs; what later steps take is its directory.
    for i in 0..count {
        let digest = plan.text(&format!("/facts/image/layers/{i}/diff_id"))?;
        plan.add(Step::new("unpack").text("diff_id", digest).named(&format!("layer{i}")));
    }
    // The fact has the lowest layer first, an overlay the top one.
    let lower = (0..count).rev().map(|i| format!("@layer{i}"));
    plan.add(Step::new("overlay").texts("lower", lower).text("target", "/"));
    if !plan.boolean("/options/writable")? {
        // Carried out at the end, when all mount points have been made.
        plan.add(Step::new("readonly").text("path", "/").from("/options/writable"));
    }
    Ok(())
}
