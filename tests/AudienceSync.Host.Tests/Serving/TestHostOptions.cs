namespace AudienceSync.Host.Tests.Serving;

/// <summary>An audience of a test and the one version it publishes.</summary>
/// <param name="Name">Without version.</param>
/// <param name="Window_d">Number of days that an add holds; null for no limit.</param>
public sealed record TestAudience(string Name, double? Window_d)
{
    /// <summary>The key of its only version.</summary>
    public string Key => Name + "_v1";
}

/// <summary>
/// Options of the Host of one test. The defaults are a Host in memory with three audiences, each delivered to a separate list.
/// </summary>
public sealed record TestHostOptions
{
    /// <summary>The order gives the remote audience: the first is <see cref="TestHost.Remote"/>(0).</summary>
    public IReadOnlyList<TestAudience> Audiences { get; init; } =
    [new("high_intent_cart_7d", 7), new("winback_45d", 45), new("post_purchase_14d", 14)];

    /// <summary>The clock of the Host. Tests with fixed days set it; the default is a day that a test cannot assume.</summary>
    public TimeProvider Clock { get; init; } = SuiteClock.New();

    /// <summary>Whether to listen on a real port, for tests about connections. Otherwise the server is in memory.</summary>
    public bool RealPort { get; init; }

    /// <summary>An existing database, for a second Host next to the first. Otherwise a new one is created.</summary>
    public string? Database { get; init; }

    /// <summary>A running platform, for a second Host next to the first. Its owner disposes it.</summary>
    public TestPlatform? Platform { get; init; }

    /// <summary>Wraps the network between the Host and the platform, e.g. to make calls fail.</summary>
    public Func<HttpMessageHandler, HttpMessageHandler> Network { get; init; } = static network => network;

    /// <summary>How long changes are collected before they are sent.</summary>
    public int Flush_ms { get; init; } = 20;

    /// <summary>
    /// How soon the Host sees what only a look at the database shows: an order of an operator, a wait that ended because the test moved the
    /// clock. Short, because most tests wait for such things several times.
    /// </summary>
    public TimeSpan AccountPoll { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the Host looks for what people are alerted about.</summary>
    public TimeSpan AlertPoll { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The text of the master keys.</summary>
    public string MasterKeys { get; init; } = TestHostFiles.MasterKey;

    /// <summary>Files next to the configuration, by name, for secrets of a changed configuration.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Changes the configuration file's text before it is written.</summary>
    public Func<string, string> Yaml { get; init; } = static yaml => yaml;

    /// <summary>How many connections its listener accepts; the production limit when null. Needs a real port.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Whether <c>/health</c> has a separate listener, on a real port.</summary>
    public bool HealthListener
    {
        get => HealthUrl is not null;
        init => HealthUrl = value ? "http://127.0.0.1:0" : null;
    }

    /// <summary>The address of that listener; null for none.</summary>
    public string? HealthUrl { get; init; }
}
