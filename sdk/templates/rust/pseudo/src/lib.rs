//! An empty directory in memory, of a limited size, for what a program leaves behind.
use slipway::{Plan, Result, Step};

slipway::plugin!(plan = plan);

fn plan(plan: &mut Plan) -> Result<()> {
    let target = plan.text("/options/target")?;
    let size = plan.text("/options/size")?;
    // `from` tells slipway which option asked for a step: plans and errors name its place in the user's file.
    plan.add(Step::new("mkdir").text("target", &target).from("/options/target"));
    plan.add(
        Step::new("mount")
            .text("fstype", "tmpfs")
            .text("target", &target)
            .texts("flags", ["nosuid", "nodev"])
            .texts("options", ["mode=1777".to_string(), format!("size={size}")])
            .from("/options/target"),
    );
    Ok(())
}
