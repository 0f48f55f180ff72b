namespace AudienceSync.Host.Tests.Serving;

/// <summary>An audience of a test and the one version it publishes.</summary>
/// <param name="Name">Without version.</param>
/// <param name="Window_d">For how many days an add holds; null for ever.</param>
public sealed record TestAudience(string Name, double? Window_d)
{
    /// <summary>The key of its only version.</summary>
    public string Key => Name + "_v1";
}

/// <summary>How one test wants its Host. The defaults are a Host in memory with three audiences, each delivered to a list of its own.</summary>
public sealed record TestHostOptions
{
    /// <summary>The order gives the remote audience: the first is <see cref="TestHost.Remote"/>(0).</summary>
    public IReadOnlyList<TestAudience> Audiences { get; init; } =
        [new("high_intent_cart_7d", 7), new("winback_45d", 45), new("post_purchase_14d", 14)];

    /// <summary>What the Host takes for the time. Fixed days go with a clock set by the test; the default is no day that a test could know.</summary>
    public TimeProvider Clock { get; init; } = SuiteClock.New();

    /// <summary>Whether to listen on a real port, for tests about connections. Otherwise the server is in memory.</summary>
    public bool RealPort { get; init; }

    /// <summary>A database that exists already, for a second Host beside the first. Otherwise a new one is made.</summary>
    public string? Database { get; init; }

    /// <summary>A platform that runs already, for a second Host beside the first. It stays its owner's.</summary>
    public TestPlatform? Platform { get; init; }

    /// <summary>Stands between the Host and the platform, e.g. to break calls.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler> Network { get; init; } = static network => network;

    /// <summary>How long changes gather before they are sent.</summary>
    public int Flush_ms { get; init; } = 20;

    /// <summary>The text of the master keys.</summary>
    public string MasterKeys { get; init; } = TestHostFiles.MasterKey;

    /// <summary>Files beside the configuration, by name, for secrets that a changed configuration names.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Changes the configuration file's text before it is written.</summary>
    public Func<string, string> Yaml { get; init; } = static yaml => yaml;

    /// <summary>How many connections its listener takes; as many as in production when null. Needs a real port.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Whether <c>/health</c> has a listener of its own, on a real port.</summary>
    public bool HealthListener { get; init; }
}
