//! Heat and power. `None` everywhere: the system doesn't tell.

use std::fs;
use std::path::Path;

use super::read;

/// Counts how often any CPU was throttled for heat since boot.
pub(crate) fn throttle_count() -> Option<u64> {
    let cpus = fs::read_dir("/sys/devices/system/cpu").ok()?.flatten();
    let counts =
        cpus.filter_map(|cpu| read(cpu.path().join("thermal_throttle/core_throttle_count"))?.parse().ok());
    counts.reduce(|sum: u64, count| sum.saturating_add(count))
}

/// Returns the temperature of the hottest zone, in degrees Celsius.
pub(crate) fn temperature() -> Option<f64> {
    let zones = fs::read_dir("/sys/class/thermal").ok()?.flatten();
    let thousandths = zones.filter_map(|zone| read(zone.path().join("temp"))?.parse::<f64>().ok());
    // Zones that are switched off say nonsense.
    thousandths.map(|found| found / 1000.0).filter(|degrees| (1.0..150.0).contains(degrees)).reduce(f64::max)
}

/// Returns whether the machine runs on a battery; `None` where no mains are listed, as on most servers.
pub(crate) fn on_battery() -> Option<bool> {
    battery_of(Path::new("/sys/class/power_supply"))
}

fn battery_of(supplies: &Path) -> Option<bool> {
    let supplies = fs::read_dir(supplies).ok()?.flatten();
    let mains = supplies.filter_map(|supply| {
        let online = || read(supply.path().join("online"));
        (read(supply.path().join("type"))? == "Mains").then(online).flatten().map(|online| online == "1")
    });
    mains.reduce(|any, one| any || one).map(|plugged| !plugged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mains_tell_whether_a_battery_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(battery_of(folder.path()), None);
        let mains = folder.path().join("AC");
        fs::create_dir(&mains).unwrap();
        fs::write(mains.join("type"), "Mains\n").unwrap();
        fs::write(mains.join("online"), "0\n").unwrap();
        assert_eq!(battery_of(folder.path()), Some(true));
    }
}
