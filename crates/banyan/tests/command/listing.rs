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
    let models = |methods: Vec<&banyan::model::MethodInfo>| methods.iter().map(|info| info.name.to_owned()).collect::<Vec<String>>();
    assert_eq!(listed("encoders"), models(banyan::model::ENCODERS.iter().collect()));
    assert_eq!(listed("fusions"), models(banyan::model::FUSIONS.iter().map(|method| &method.info).collect()));
    assert_eq!(listed("sharings"), models(banyan::model::SHARINGS.iter().map(|method| &method.info).collect()));
    let balance: Vec<String> = banyan::balance::methods().iter().map(|method| method.name.to_owned()).collect();
    let mut both = listed("weightings");
    both.extend(listed("aggregators"));
    both.sort();
    let mut sorted = balance.clone();
    sorted.sort();
    assert_eq!(both, sorted);
    for name in balance {
        assert!(text.contains(&format!("  {name} ")), "{name}");
    }
}

#[test]
fn every_balancing_method_can_be_chosen() {
    let place = Place::with_things();
    for method in banyan::balance::methods() {
        place.succeed(&format!("check things.toml --quiet --set training.balance={}", method.name));
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
