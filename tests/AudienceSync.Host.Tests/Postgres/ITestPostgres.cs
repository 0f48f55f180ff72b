namespace AudienceSync.Host.Tests.Postgres;

/// <summary>A running PostgreSQL for all tests of this process; disposing of it stops and deletes it.</summary>
internal interface ITestPostgres : IAsyncDisposable
{
    /// <summary>Connects as a superuser.</summary>
    string ConnectionString { get; }

    /// <summary>Its version and place, for the log of the run.</summary>
    string Description { get; }
}
