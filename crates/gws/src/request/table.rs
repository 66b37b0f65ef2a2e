//! The table of operations of a family: their names on the wire, what each takes, and what it is to the rules. The API
//! document, the readers and the lists of names are drawn from it.

use crate::body::Body;
use domain::Refusal;
use serde_json::Value;
use std::borrow::Cow;
use utoipa::openapi::{
    ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema,
    schema::{Discriminator, Type},
};

/// The member that names the operation.
const OPERATION_NAME: &str = "operationName";

/// What clients can ask for at one address, by `operationName`.
pub trait Requests: Sized {
    /// Whether an operation has this name, apart from the states of agents, which each centre names itself.
    fn takes(name: &str) -> bool;

    /// Whether the states of agents are operations, too.
    fn takes_states() -> bool;

    /// Reads a request: [`Refusal::UnknownOperation`] for a name that is not taken, else as [`Body::read`] does.
    fn read(body: &Body) -> Result<Self, Refusal>;

    /// The rows of the table.
    fn rows() -> Vec<Row>;
}

/// One operation as clients and the API document know it.
pub struct Row {
    /// Its names. The first is the one that is given out, the others are only understood.
    pub names: &'static [&'static str],
    /// A body that asks for it.
    pub example: Value,
    /// The name of its schema in the API document.
    pub component: Cow<'static, str>,
    /// That schema.
    pub schema: RefOr<Schema>,
    /// The schemas that it refers to.
    pub parts: Vec<(String, RefOr<Schema>)>,
}

impl Row {
    /// A row whose request is `T`, with an example of the parameters.
    pub(super) fn of<T: utoipa::ToSchema>(names: &'static [&'static str], mut example: Value) -> Self {
        let mut parts = Vec::new();
        T::schemas(&mut parts);
        let mut schema = T::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let name =
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names.iter().copied()));
            object.properties.insert(OPERATION_NAME.into(), name.into());
            object.required.insert(0, OPERATION_NAME.into());
        }
        example[OPERATION_NAME] = names.first().copied().into();
        Self { names, example, component: T::name(), schema, parts }
    }
}

/// The union of a family's requests, told apart by `operationName`.
pub(super) fn union(rows: &[Row], about: &str) -> RefOr<Schema> {
    let address = |row: &Row| format!("#/components/schemas/{}", row.component);
    let names = rows.iter().flat_map(|row| row.names.iter().map(move |name| (*name, address(row))));
    let all =
        rows.iter().fold(OneOfBuilder::new(), |all, row| all.item(Ref::from_schema_name(&*row.component)));
    all.discriminator(Some(Discriminator::with_mapping(OPERATION_NAME, names)))
        .description(Some(about))
        .into()
}

/// Makes a family: the enum of its requests, each a struct that [`Body::read`] fills, and what [`Requests`] asks for.
///
/// A row is `Variant(Request) = "Name" | "Alias", is Operation also "Second", { example of the parameters };` where `is`
/// names the operation of the domain that `capabilities` list under the first name and those behind `also`; an alias is
/// understood and not listed. With `of Operation` after the name of the family, `name_of` and `listed_as` are made, and
/// the compiler holds the operations of the domain and the rows to each other. With `also Variant(Family)` the
/// operations of another family are taken at the same address.
macro_rules! requests {
    ($(#[doc = $about:literal])+ $family:ident of $operation:ident { $($rows:tt)+ } $(also $($other:tt)+)?) => {
        requests! { $(#[doc = $about])+ $family { $($rows)+ } $(also $($other)+)? }
        requests! { @name_of $family $operation $($rows)+ }
    };
    (@name_of $family:ident $operation:ident $(
        $variant:ident($request:ident) = $name:literal $(| $alias:literal)* $(, is $open:ident $(also $listed:literal)*)?, { $($example:tt)* };
    )+) => {
        impl $family {
            /// The name of an operation, as refusals say it.
            pub const fn name_of(operation: $operation) -> &'static str {
                match operation {
                    $($($operation::$open => $name,)?)+
                }
            }

            /// All the names under which `capabilities` list an operation.
            pub const fn listed_as(operation: $operation) -> &'static [&'static str] {
                match operation {
                    $($($operation::$open => &[$name $(, $listed)*],)?)+
                }
            }
        }
    };
    (@rest $body:ident) => { Err(domain::Refusal::UnknownOperation($body.operation()?.to_owned())) };
    (@rest $body:ident $rest:ident $other:ident) => {
        <$other as crate::request::table::Requests>::read($body).map(Self::$rest)
    };
    ($(#[doc = $about:literal])+ $family:ident { $(
        $variant:ident($request:ident) = $name:literal $(| $alias:literal)* $(, is $open:ident $(also $listed:literal)*)?, { $($example:tt)* };
    )+ } $(also $rest:ident($other:ident))?) => {
        $(#[doc = $about])+
        #[derive(Debug)]
        pub enum $family {
            $(
                #[doc = concat!("`", $name, "`.")]
                $variant($request),
            )+
            $(
                #[doc = concat!("One of [`", stringify!($other), "`].")]
                $rest($other),
            )?
        }

        impl crate::request::table::Requests for $family {
            fn takes(name: &str) -> bool {
                match name {
                    $($name $($(| $listed)*)? $(| $alias)* => true,)+
                    _ => false $(|| <$other as crate::request::table::Requests>::takes(name))?,
                }
            }

            fn takes_states() -> bool {
                false $(|| <$other as crate::request::table::Requests>::takes_states())?
            }

            fn read(body: &crate::body::Body) -> Result<Self, domain::Refusal> {
                match body.operation()? {
                    $($name $($(| $listed)*)? $(| $alias)* => body.read().map(Self::$variant),)+
                    _ => requests! { @rest body $($rest $other)? },
                }
            }

            fn rows() -> Vec<crate::request::table::Row> {
                let own = vec![$(
                    crate::request::table::Row::of::<$request>(&[$name $($(, $listed)*)? $(, $alias)*], serde_json::json!({ $($example)* })),
                )+];
                $(
                    let own = own
                        .into_iter()
                        .chain(<$other as crate::request::table::Requests>::rows())
                        .collect();
                )?
                own
            }
        }

        impl utoipa::PartialSchema for $family {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                let rows = <Self as crate::request::table::Requests>::rows();
                crate::request::table::union(&rows, concat!($($about),+).trim())
            }
        }

        impl utoipa::ToSchema for $family {
            fn schemas(all: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
                for row in <Self as crate::request::table::Requests>::rows() {
                    all.extend(row.parts);
                    all.push((row.component.into_owned(), row.schema));
                }
            }
        }
    };
}

pub(super) use requests;
