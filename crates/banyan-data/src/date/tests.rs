use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use proptest::prelude::*;

use super::*;

fn seconds(text: &str) -> Option<f64> {
    parse_date(text, DateOrder::YearFirst).map(|moment| moment.seconds)
}

#[test]
fn known_moments() {
    assert_eq!(seconds("1970-01-01"), Some(0.0));
    assert_eq!(seconds("2000-03-01"), Some(951_868_800.0));
    assert_eq!(seconds("2024-02-29T12:30:00Z"), Some(1_709_209_800.0));
    assert_eq!(seconds("2024-02-29 13:30:00+01:00"), Some(1_709_209_800.0));
    assert_eq!(seconds("2024/2"), seconds("2024-02-01"));
    assert_eq!(seconds("2024:01:31 10:30:15"), seconds("2024-01-31T10:30:15"));
    assert_eq!(seconds("31-JAN-24 10.30.15.500000 PM"), seconds("2024-01-31T22:30:15.5"));
    assert_eq!(seconds("31-JAN-24 22.30.15"), seconds("2024-01-31T22:30:15"));
    assert_eq!(seconds("1969-12-31T23:59:59.5"), Some(-0.5));
}

#[test]
fn refuses_what_is_no_date() {
    for text in [
        "2023-02-29",
        "2024-13-01",
        "24-01-01",
        "2024",
        "2024-01-01T",
        "1200:10:05",
        "31-JAN-24 10.30",
        "2024-01-01 25:00",
        "",
        "a-b-c",
        "2024-01-01 10:00+1",
        "084 426453",
        "192.168.1.1",
        "1.2.3",
        "10:30",
        "March",
        "March 5",
        "May",
        "5 May",
        "12/34",
        "2010-2015",
        "1,234",
        "2024 03 10",
        "20241310",
        "18500101",
        "20240310T25",
        "20240310T1015xx",
        "2024-W54",
        "2024-W10-8",
        "2024-366-1",
        "2023-366",
        "-2024-01-01",
        "2024-01-01 10:00 PM PM",
        "2024-01-01 13:00 PM",
        "Mon Tue 2024-01-01",
        "2024-01-01 10:00-08-2023",
        "10.2024",
        "1st 2nd 3rd",
        "2024-01-01 10:00 +25:00",
        "2024-03-10 24:01",
        "2024--03-10",
        "2024-03/10",
        "Mar 5 2024 2024",
        "12:00 12:00 2024-01-01",
    ] {
        assert_eq!(seconds(text), None, "{text}");
    }
}

/// Every spelling of one moment, which no order changes.
#[test]
fn one_moment_in_many_spellings() {
    let day = seconds("2024-03-05");
    for text in [
        "20240305",
        "2024/3/5",
        "2024.03.05",
        "2024. 3. 5.",
        "05-Mar-2024",
        "5 Mar 2024",
        "March 05, 2024",
        "Mar 5, 2024",
        "mar. 5, 2024",
        "5 MARCH 2024",
        "5th of March 2024",
        "March 5th, 2024",
        "Tuesday, March 5, 2024",
        "Tue 5 Mar 2024",
        "2024-Mar-05",
        "05-Mar-24",
        "05MAR2024",
        "2024-065",
        "2024-W10-2",
        "Tues, 2024-03-05",
        "2024-03-05, Tuesday",
        "the 5th of March, 2024",
        " 2024-03-05 ",
    ] {
        assert_eq!(seconds(text), day, "{text}");
        assert!(!parse_date(text, DateOrder::DayFirst).unwrap().has_time, "{text}");
    }
    let half_past_two = seconds("2024-03-05T14:30:00Z");
    for text in [
        "2024-03-05 14:30",
        "2024-03-05 02:30 PM",
        "Mar 5, 2024 2:30 PM",
        "Mar 5, 2024, 2:30 p.m.",
        "March 5, 2024 at 2:30PM",
        "2024-03-05 14:30:00 UTC",
        "2024-03-05 14:30 GMT",
        "2024-03-05T14:30Z",
        "2024-03-05t14:30:00z",
        "Tue, 05 Mar 2024 14:30:00 +0000",
        "Tue, 05 Mar 2024 09:30:00 EST",
        "Tue, 5 Mar 2024 07:30:00 PDT",
        "2024-03-05 15:30:00+01",
        "2024-03-05 15:30:00 +0100",
        "2024-03-05T20:00:00+05:30",
        "20240305T143000",
        "20240305T143000Z",
        "202403051430",
        "20240305143000",
        "20240305 14:30:00",
        "Tue Mar  5 14:30:00 2024",
        "Tue Mar  5 14:30:00 UTC 2024",
        "Tue Mar 05 14:30:00 +0000 2024",
        "05/Mar/2024:14:30:00 +0000",
        "Tue Mar 05 2024 15:30:00 GMT+0100 (Central European Standard Time)",
        "2024-03-05T15:30:00+01:00[Europe/Paris]",
        "2:30 PM, 5 March 2024",
        "2024-03-05 14:30:00,000",
        "2024-03-05 14:30:00.000000",
        "2024-03-05_14:30:00",
        "2024-03-05 15:30 CET",
        "14:30 2024-03-05",
    ] {
        assert_eq!(seconds(text), half_past_two, "{text}");
        assert!(parse_date(text, DateOrder::MonthFirst).unwrap().has_time, "{text}");
    }
    assert_eq!(seconds("2024-03-05 14:30:00,250"), half_past_two.map(|moment| moment + 0.25));
    assert_eq!((seconds("2024-03-04 24:00"), seconds("2024-03-05 12 AM")), (day, day));
    assert_eq!(seconds("2024-03-05 12:30 PM"), day.map(|day| day + 45_000.0));
    assert_eq!(
        (seconds("March 2024"), seconds("2024-03"), seconds("3/2024")),
        (seconds("2024-03-01"), seconds("2024-03-01"), seconds("2024-03-01"))
    );
}

#[test]
fn years_of_two_digits_are_of_posix_centuries() {
    let of_day = |text: &str| parse_date(text, DateOrder::DayFirst).map(|moment| moment.seconds);
    assert_eq!((of_day("31/12/69"), of_day("31/12/68")), (seconds("1969-12-31"), seconds("2068-12-31")));
    assert_eq!(of_day("1.2.05 10:30"), seconds("2005-02-01 10:30"));
    assert_eq!(seconds("31/12/69"), None, "a year of two digits that no column vouches for");
}

#[test]
fn the_column_tells_the_order() {
    let order = |texts: &[&'static str]| find_order(texts.iter().copied());
    assert_eq!(order(&["10/03/2004", "31/03/2004"]), DateOrderFound::One(DateOrder::DayFirst));
    assert_eq!(order(&["10/03/2004", "03/31/2004"]), DateOrderFound::One(DateOrder::MonthFirst));
    assert_eq!(order(&["10.03.2004"]), DateOrderFound::Ambiguous);
    assert_eq!(order(&["2004-03-10", "31/03/2004"]), DateOrderFound::One(DateOrder::DayFirst));
    assert_eq!(order(&["31/03/2004", "03/31/2004"]), DateOrderFound::None);
    assert_eq!(order(&["10/03/04", "31/03/04"]), DateOrderFound::One(DateOrder::DayFirst));
    assert_eq!(order(&["10/03/04", "03/31/04"]), DateOrderFound::One(DateOrder::MonthFirst));
    assert_eq!(order(&["10/03/04"]), DateOrderFound::Ambiguous);
    // With hyphens the year may come first: only days of a whole month show that it does not.
    assert_eq!(order(&["23-03-10", "24-03-31"]), DateOrderFound::Ambiguous);
    assert_eq!(order(&["01-03-10", "31-03-11"]), DateOrderFound::One(DateOrder::DayFirst));
    assert_eq!(order(&["23-03-99"]), DateOrderFound::One(DateOrder::DayFirst));
    assert_eq!(order(&["99-03-10"]), DateOrderFound::None);
}

#[test]
fn dates_in_spellings_that_are_not_read_are_recognized() {
    for text in [
        "3. März 2023",
        "5 janvier 2023",
        "12 de agosto de 2023",
        "2023年3月5日",
        "31.02.2023",
        "0000-00-00",
        "2023-13-45",
        "5 мая 2023 г.",
    ] {
        assert!(seconds(text).is_none() && looks_like_date(text), "{text}");
    }
    for text in ["084 426453", "1.2.3", "10.0.0.1", "May", "the year 2023 was fine", "model 2023", "1,234.50", "12-34", "A4", "", "2023"] {
        assert!(!looks_like_date(text), "{text}");
    }
}

#[test]
fn moments_are_written_as_they_are_read() {
    for text in ["2024-02-29", "1969-12-31T23:59:05", "2024-02-29T12:30:00.250000"] {
        let moment = parse_date(text, DateOrder::YearFirst).unwrap();
        assert_eq!(format_moment(moment), text);
    }
    let far = |seconds| format_moment(Moment { seconds, has_time: false });
    assert_eq!((far(253_402_300_800.0), far(-62_198_755_200.0)), ("10000-01-01".to_owned(), "-001-01-01".to_owned()));
    assert_eq!((far(1e18), far(-1e18)), ("262142-12-31".to_owned(), "-262143-01-01".to_owned()));
}

#[test]
fn cycles_of_a_known_day() {
    // 2024-07-01 was a Monday, the 183rd day of a leap year.
    let [year, week, day] = cycles(seconds("2024-07-01 06:00").unwrap());
    assert_eq!((year, week, day), (182.0 / 366.0, 0.0, 0.25));
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The spellings of a moment by whoever writes them: pieces of the calendar put together, with the order that reads them.
fn spellings(moment: NaiveDateTime, offset: FixedOffset) -> Vec<(String, DateOrder)> {
    use chrono::{Datelike, Timelike};
    let (year, month, day) = (moment.year(), moment.month(), moment.day());
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    let name = MONTHS[month as usize - 1];
    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][moment.weekday().num_days_from_monday() as usize];
    let half = if hour < 12 { "AM" } else { "PM" };
    let (twelfth, short) = (if hour % 12 == 0 { 12 } else { hour % 12 }, year % 100);
    let clocks = [format!("{hour:02}:{minute:02}:{second:02}"), format!("{twelfth}:{minute:02}:{second:02} {half}")];
    let total = offset.local_minus_utc() / 60;
    let zone = |colon: &str| format!("{}{:02}{colon}{:02}", if total < 0 { '-' } else { '+' }, total.abs() / 60, total.abs() % 60);
    let mut all = Vec::new();
    for clock in clocks {
        for zone in [zone(":"), zone("")] {
            let any = [
                format!("{year:04}-{month:02}-{day:02} {clock}{zone}"),
                format!("{year:04}/{month}/{day} {clock} {zone}"),
                format!("{weekday}, {day:02} {} {year:04} {clock} {zone}", &name[..3]),
                format!("{name} {day:02}, {year:04} {clock} {zone}"),
                format!("{day}-{}-{year:04} {clock} {zone}", &name[..3]),
                format!("{day:02}-{}-{short:02} {clock} {zone}", &name[..3]),
                format!("{weekday} {} {day:2} {clock} {zone} {year:04}", &name[..3]),
                format!("{year:04}{month:02}{day:02} {clock}{zone}"),
            ];
            all.extend(any.map(|text| (text, DateOrder::YearFirst)));
            for separator in ["/", ".", "-"] {
                for year in [format!("{year:04}"), format!("{short:02}")] {
                    all.push((format!("{day:02}{separator}{month:02}{separator}{year} {clock}{zone}"), DateOrder::DayFirst));
                    all.push((format!("{month}{separator}{day}{separator}{year} {clock} {zone}"), DateOrder::MonthFirst));
                }
            }
        }
    }
    all
}

proptest! {
    /// A moment is read from every spelling, and is the same in each.
    #[test]
    fn every_spelling_gives_the_moment(seconds in 0i64..3_092_601_600, minutes in -14 * 60..14 * 60) {
        let utc = DateTime::<Utc>::from_timestamp(seconds, 0).unwrap();
        let offset = FixedOffset::east_opt(minutes * 60).unwrap();
        let local = offset.from_utc_datetime(&utc.naive_utc()).naive_local();
        for (text, order) in spellings(local, offset) {
            let read = parse_date(&text, order).map(|moment| moment.seconds);
            prop_assert_eq!(read, Some(seconds as f64), "{}", text);
            if order == DateOrder::YearFirst {
                prop_assert_eq!(parse_date(&text, DateOrder::DayFirst), parse_date(&text, DateOrder::MonthFirst), "{}", text);
            }
        }
    }

    /// The short way and the long way agree on every day that there is, and on none.
    #[test]
    fn iso_is_read_alike_by_both_ways(year in 1i32..9999, month in 0u32..15, day in 0u32..34, hour in 0u32..26, minute in 0u32..62) {
        let text = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:07.5Z");
        let expected = NaiveDate::from_ymd_opt(year, month, day).and_then(|date| date.and_hms_opt(hour, minute, 7));
        let expected = expected.map(|moment| moment.and_utc().timestamp() as f64 + 0.5);
        prop_assert_eq!(iso::read(text.as_bytes()).map(|moment| moment.seconds), expected);
        prop_assert_eq!(parse_date(&text.replace('-', "/"), DateOrder::YearFirst).map(|moment| moment.seconds), expected);
    }

    #[test]
    fn no_text_makes_it_panic(text in "([0-9]{1,4}|[-/.:,+ TZ]|Mar|Monday|AM|p\\.m\\.|UTC|\\[x\\]|\\(|ä|年|W1|th|\\PC){0,14}") {
        let _ = (reading(&text), looks_like_date(&text));
        let _ = find_order([text.as_str(), "31/12/2023"].into_iter());
    }
}
