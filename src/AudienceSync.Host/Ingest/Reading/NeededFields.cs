namespace AudienceSync.Host.Ingest.Reading;

/// <summary>Fields of a removal for which it matters which of two values was meant.</summary>
[Flags]
public enum NeededFields
{
    None = 0,

    /// <summary>Time or person, or an identifier in <c>person</c>.</summary>
    Always = 1,

    /// <summary>An identifier beside <c>person</c>, which is read only where that is no object.</summary>
    WithoutPerson = 2,
}
