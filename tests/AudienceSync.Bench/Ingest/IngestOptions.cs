namespace AudienceSync.Bench.Ingest;

/// <param name="HostUrl">A Host that runs already, with the token and key of one of its sources; null starts one of our own.</param>
internal sealed record IngestOptions(
    int Seconds, int Connections, int NewPeople, int Seed, Uri? HostUrl, FileInfo? TokenFile, FileInfo? KeyFile);
