//! `banyan methods`: whatever the registries hold is listed.

use crate::support::Place;

#[test]
fn every_method_of_every_registry_is_listed() {
    let place = Place::new();
    let (text, json) = (place.succeed("methods"), place.succeed("methods --json"));
    let families: serde_json::Value = serde_json::from_str(&json).unwrap();
    let families = families.as_array().unwrap();
    let listed = |family: &str| -> Vec<String> {
        let family = families.iter().find(|candidate| candidate["name"] == family).unwrap();
        family["methods"].as_array().unwrap().iter().map(|method| method["name"].as_str().unwrap().to_owned()).collect()
    };
    for group in banyan::train::groups() {
        let names: Vec<&str> = group.methods.iter().map(|method| &*method.name).collect();
        assert_eq!(listed(group.name), names);
        assert!(names.iter().all(|name| text.contains(&format!("  {name} "))), "{}", group.name);
    }
    let mut both = listed("weightings");
    both.extend(listed("aggregators"));
    let mut balance: Vec<&str> = banyan::balance::METHODS.names().collect();
    both.sort();
    balance.sort_unstable();
    assert_eq!(both, balance);
}

/// Programs read the list: its groups and the keys of a method are part of the interface.
#[test]
fn the_list_for_programs_keeps_its_form() {
    let groups: serde_json::Value = serde_json::from_str(&Place::new().succeed("methods --json")).unwrap();
    let names: Vec<&str> = groups.as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    let expected = ["encoders", "fusions", "sharings", "weightings", "aggregators", "tasks", "optimizers", "schedules", "augmentations"];
    assert_eq!(names, expected);
    let aggregators = groups[4]["methods"].as_array().unwrap();
    let cagrad = aggregators.iter().find(|method| method["name"] == "cagrad").unwrap();
    let keys: Vec<&String> = cagrad.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "options", "paper", "scale", "summary"]);
    let c = &cagrad["options"][0];
    assert_eq!((&c["name"], &c["default"], &c["expected"]), (&"c".into(), &"0.5".into(), &"a number between 0 and 100".into()));
    for option in ["c", "rescale", "gradient"] {
        assert!(cagrad["options"].as_array().unwrap().iter().any(|known| known["name"] == option), "{option}");
    }
}

#[test]
fn every_balancing_method_can_be_chosen() {
    let place = Place::with_things();
    for name in banyan::balance::METHODS.names() {
        place.succeed(&format!("check things.toml --quiet --set training.balance={name}"));
    }
}

#[test]
fn a_reader_that_closes_early_is_no_failure() {
    let place = Place::new();
    let mut child = place.command("methods").stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
}
