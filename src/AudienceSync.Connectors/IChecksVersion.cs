namespace AudienceSync.Connectors;

/// <summary>A destination that knows when the version of the API that it uses ends. Asks nobody.</summary>
public interface IChecksVersion
{
    CheckFinding CheckVersion(DateTimeOffset now);
}
