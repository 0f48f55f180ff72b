namespace AudienceSync.Bench.Ingest;

/// <param name="HostUrl">A running Host, with the token and key of one of its sources; null starts a new Host.</param>
internal sealed record IngestOptions(
    int Seconds,
    int Connections,
    int NewPeople,
    int Seed,
    Uri? HostUrl,
    FileInfo? TokenFile,
    FileInfo? KeyFile
);
