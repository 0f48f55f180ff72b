namespace AudienceSync.Host.Exposures.Export;

/// <summary>What a column of the exported tables holds.</summary>
internal enum ColumnType
{
    Text,
    Whole,
    Long,
    Number,
    Truth,

    /// <summary>UTC, to the microsecond.</summary>
    Time,
}

/// <summary>A column of an exported table. Every one may be null.</summary>
internal sealed record ExposureColumn(string Name, ColumnType Type);

/// <summary>
/// The exported tables, in schema 1: columns are only ever added, at the end. In the order of the statements that read them.
/// </summary>
internal static class ExposureColumns
{
    public const int Schema = 1;

    public static readonly IReadOnlyList<ExposureColumn> Events =
    [
        new("event_id", ColumnType.Text),
        new("position", ColumnType.Long),
        new("schema_version", ColumnType.Whole),
        new("workspace", ColumnType.Text),
        new("audience", ColumnType.Text),
        new("audience_key", ColumnType.Text),
        new("key_version", ColumnType.Whole),
        new("person_key", ColumnType.Text),
        new("kind", ColumnType.Text),
        new("arm", ColumnType.Text),
        new("experiment", ColumnType.Text),
        new("occurred_at", ColumnType.Time),
        new("received_at", ColumnType.Time),
        new("recorded_at", ColumnType.Time),
        new("reason", ColumnType.Text),
        new("platform", ColumnType.Text),
        new("destination", ColumnType.Text),
        new("binding", ColumnType.Whole),
        new("remote_audience_id", ColumnType.Text),
        new("run_id", ColumnType.Long),
        new("call_id", ColumnType.Long),
        new("latency_ms", ColumnType.Long),
        new("source", ColumnType.Text),
        new("campaign_id", ColumnType.Text),
        new("journey_id", ColumnType.Text),
        new("action_id", ColumnType.Text),
    ];

    public static readonly IReadOnlyList<ExposureColumn> Spells =
    [
        new("spell_id", ColumnType.Text),
        new("schema_version", ColumnType.Whole),
        new("workspace", ColumnType.Text),
        new("person_key", ColumnType.Text),
        new("audience", ColumnType.Text),
        new("audience_key", ColumnType.Text),
        new("experiment", ColumnType.Text),
        new("arm", ColumnType.Text),
        new("eligible_from", ColumnType.Time),
        new("eligible_to", ColumnType.Time),
        new("end_reason", ColumnType.Text),
        new("platform", ColumnType.Text),
        new("destination", ColumnType.Text),
        new("binding", ColumnType.Whole),
        new("sent_at", ColumnType.Time),
        new("acknowledged_at", ColumnType.Time),
        new("removed_at", ColumnType.Time),
        new("removed_acknowledged_at", ColumnType.Time),
        new("was_eligible", ColumnType.Truth),
        new("was_sent", ColumnType.Truth),
        new("was_acknowledged", ColumnType.Truth),
        new("stale_seconds", ColumnType.Number),
        new("open", ColumnType.Truth),
    ];

    public static readonly IReadOnlyList<ExposureColumn> Links =
    [
        new("person_key", ColumnType.Text),
        new("customer_hmac", ColumnType.Text),
    ];
}
