namespace AudienceSync.Host.Tests.Postgres;

/// <summary>Where the PostgreSQL of a test run is: in a container, or a private cluster from the programs on this machine.</summary>
internal enum PostgresMode
{
    Local,
    Docker,
}

/// <summary>Which PostgreSQL a test run takes.</summary>
/// <param name="Mode">Where it is.</param>
/// <param name="Reason">For the log of the run.</param>
internal sealed record PostgresChoice(PostgresMode Mode, string Reason)
{
    /// <summary>
    /// Environment variable: <c>docker</c>, <c>local</c>, or <c>auto</c>, which is the default: Docker if its engine answers.
    /// </summary>
    public const string Variable = "AUDIENCESYNC_TEST_POSTGRES";

    /// <summary>Chooses for this process. The engine is asked only when its answer matters.</summary>
    /// <exception cref="InvalidOperationException">As for <see cref="Of"/>.</exception>
    public static async Task<PostgresChoice> ForAsync(Func<string, string?> environment)
    {
        var setting = environment(Variable);
        return Of(setting, setting == "local" ? null : await DockerEngine.ProbeAsync(environment));
    }

    /// <summary>The choice for a value of the variable and the answer of the engine, which is null when it was not asked.</summary>
    /// <exception cref="InvalidOperationException">
    /// The variable is not one of its values, or requires an engine and none answers.
    /// </exception>
    public static PostgresChoice Of(string? setting, DockerEngine? engine) =>
        (setting, engine?.Failure) switch
        {
            ("local", _) => new(PostgresMode.Local, $"{Variable}=local"),
            ("docker" or "auto" or "" or null, null) when engine is not null => new(
                PostgresMode.Docker,
                $"the Docker engine at {engine.Endpoint} answers"
            ),
            ("auto" or "" or null, _) => new(PostgresMode.Local, engine?.Failure ?? "no Docker engine was looked for"),
            ("docker", _) => throw new InvalidOperationException(
                $"{Variable}=docker, and no Docker engine answers: {engine?.Failure}. "
                    + $"Start it, set {DockerEngine.HostVariable}, or set {Variable} to local or auto"
            ),
            _ => throw new InvalidOperationException($"{Variable}={setting} is not one of auto, docker, local"),
        };
}
