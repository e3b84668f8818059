"""scikit-learn's HistGradientBoosting with its defaults on two tables of several targets: a floor to be level with.

    pip install scikit-learn && python hist_gradient_boosting.py DATA [--seed 0]

DATA holds the folders adult and energy-efficiency, each with train.csv, valid.csv and test.csv. Every target is fitted
once on the training rows and once on training and validation rows together; the score is on the test rows.
"""
import argparse
import csv
import pathlib

import numpy
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

ADULT_NUMBERS = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
ADULT_CATEGORIES = ["workclass", "education", "marital_status", "occupation", "relationship", "race", "sex", "native_country"]
GIVES_MARRIAGE_AWAY = ["marital_status", "relationship"]
ENERGY_TARGETS = ["heating_load", "cooling_load"]


def read(folder, *parts):
    rows = []
    for part in parts:
        with open(folder / f"{part}.csv", newline="") as file:
            rows.extend(csv.DictReader(file))
    return rows


def numbers(rows, columns):
    return numpy.array([[float(row[name]) if row[name] else numpy.nan for name in columns] for row in rows])


def words(rows, columns):
    return numpy.array([[row[name] or numpy.nan for name in columns] for row in rows], dtype=object)


def table(rows, categories, number_columns):
    return numpy.hstack([words(rows, categories), numbers(rows, number_columns).astype(object)])


def classify(train, test, categories, label, seed):
    """The AUROC on the test rows; categories go in as categories, empty cells as missing."""
    count = len(categories)
    encode = make_column_transformer(
        (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=numpy.nan), list(range(count))),
        remainder="passthrough")
    model = make_pipeline(encode, HistGradientBoostingClassifier(
        categorical_features=list(range(count)), random_state=seed))
    model.fit(table(train, categories, ADULT_NUMBERS), [label(row) for row in train])
    scores = model.predict_proba(table(test, categories, ADULT_NUMBERS))[:, 1]
    return roc_auc_score([label(row) for row in test], scores)


def earns_more(row):
    return int(row["income"].startswith(">50K"))


def never_married(row):
    return int(row["never_married"])


def adult(folder, fit_on, seed):
    train, test = read(folder, *fit_on), read(folder, "test")
    without = [name for name in ADULT_CATEGORIES if name not in GIVES_MARRIAGE_AWAY]
    where = "+".join(fit_on)
    print(f"adult, fitted on {where} ({len(train)} rows)")
    print(f"  income, all columns                             AUROC {classify(train, test, ADULT_CATEGORIES, earns_more, seed):.4f}")
    print(f"  income, without marital_status, relationship    AUROC {classify(train, test, without, earns_more, seed):.4f}")
    print(f"  never_married, without the same                 AUROC {classify(train, test, without, never_married, seed):.4f}")


def energy(folder, fit_on, seed):
    train, test = read(folder, *fit_on), read(folder, "test")
    columns = [name for name in train[0] if name not in ENERGY_TARGETS]
    print(f"energy-efficiency, fitted on {'+'.join(fit_on)} ({len(train)} rows)")
    for target in ENERGY_TARGETS:
        model = HistGradientBoostingRegressor(random_state=seed)
        model.fit(numbers(train, columns), numbers(train, [target])[:, 0])
        error = root_mean_squared_error(numbers(test, [target])[:, 0], model.predict(numbers(test, columns)))
        print(f"  {target:<14} RMSE {error:.4f}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("data", type=pathlib.Path)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    for fit_on in (["train"], ["train", "valid"]):
        adult(given.data / "adult", fit_on, given.seed)
        energy(given.data / "energy-efficiency", fit_on, given.seed)


if __name__ == "__main__":
    main()
