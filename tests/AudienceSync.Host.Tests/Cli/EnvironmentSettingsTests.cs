using AudienceSync.Host.Cli;
using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>Addresses in the environment: each form that operators write is read or refused in one line, without quoting secrets.</summary>
public sealed class EnvironmentSettingsTests
{
    [Theory]
    [InlineData("postgres://ann:s%40fe@db.example:5433/shop", "Username=ann;Password=s@fe;Database=shop;Host=db.example;Port=5433")]
    [InlineData("postgresql://db.example", "Host=db.example")]
    [InlineData("POSTGRES://db.example/shop?sslmode=verify-full", "Database=shop;Host=db.example;SSL Mode=VerifyFull")]
    [InlineData(
        "postgres://ann@/shop?host=%2Frun%2Fpg&application_name=a%26b",
        "Username=ann;Database=shop;Host=/run/pg;Application Name=a&b"
    )]
    [InlineData("postgres://%2Frun%2Fpg/shop", "Database=shop;Host=/run/pg")]
    [InlineData(
        "postgres://a:1,b:2/shop?target_session_attrs=read-write",
        "Database=shop;Host=a:1,b:2;Target Session Attributes=read-write"
    )]
    [InlineData("Host=db.example;Username=ann", "Host=db.example;Username=ann")]
    public void A_database_is_named_by_a_connection_string_or_a_uri(string given, string expected) =>
        Read(("AUDIENCESYNC_POSTGRES", given)).Postgres!.Split(';').ShouldBe(expected.Split(';'), ignoreOrder: true);

    [Theory]
    [InlineData("foo", "neither a connection string nor a URI")]
    [InlineData("mysql://ann:secret@db", "neither a connection string nor a URI")]
    [InlineData("postgres://ann:secret@db:543x/shop", "")]
    [InlineData("postgres://ann:se cret/@db/shop", "")]
    [InlineData("postgres://ann:secret@db?sslmode=secret", "ssl mode")]
    [InlineData("postgres://ann:secret@db?sslmodes=secret", "unknown parameter sslmodes")]
    [InlineData("postgres:///shop", "names no host")]
    [InlineData("Username=ann;Password=secret", "names no host")]
    [InlineData("Host=db;Port=secret", "wrong value for port")]
    [InlineData("Host=db;Password=a;secret=b", "unknown keyword")]
    public void A_wrong_address_of_a_database_is_one_line_without_its_secrets(string given, string reason)
    {
        var refused = Should.Throw<SetupException>(() => Read(("AUDIENCESYNC_POSTGRES_OWNER", given)));
        refused.Code.ShouldBe("postgres_invalid");
        refused.Message.ShouldStartWith("AUDIENCESYNC_POSTGRES_OWNER ");
        refused.Message.ShouldContain(reason);
        refused.Message.ShouldNotContain("secret", Case.Insensitive);
        refused.Message.ShouldNotContain('\n');
    }

    [Theory]
    [InlineData("http://127.0.0.1:5400")]
    [InlineData("http://*:80;http://[::1]:5400")]
    [InlineData("http://localhost:0/")]
    public void Addresses_to_listen_on_are_taken(string given) => Read(("AUDIENCESYNC_URLS", given)).Urls.ShouldBe(given);

    [Theory]
    [InlineData("foo")]
    [InlineData(";")]
    [InlineData("5400")]
    [InlineData("127.0.0.1:5400")]
    [InlineData("https://127.0.0.1:5400")]
    [InlineData("ftp://127.0.0.1")]
    [InlineData("http://127.0.0.1:5400/api")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("http://127.0.0.1:54OO")]
    [InlineData("http://unix:/run/x.sock")]
    [InlineData("http://127.0.0.1:5400;foo")]
    public void A_wrong_address_to_listen_on_is_refused(string given) =>
        Should.Throw<SetupException>(() => Read(("AUDIENCESYNC_URLS", given))).Code.ShouldBe("urls_invalid");

    [Theory]
    [InlineData("AUDIENCESYNC_URLS", "foo", "urls_invalid", "serve")]
    [InlineData("AUDIENCESYNC_POSTGRES", "foo", "postgres_invalid", "serve")]
    [InlineData("AUDIENCESYNC_POSTGRES", "foo", "postgres_invalid", "migrate")]
    [InlineData("AUDIENCESYNC_POSTGRES", "foo", "postgres_invalid", "projections", "status")]
    [InlineData("AUDIENCESYNC_URLS", "foo", "urls_invalid", "messages", "dead", "list")]
    public async Task Every_verb_explains_them_in_one_line(string variable, string value, string code, params string[] verb)
    {
        var run = await CommandRun.RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { [variable] = value }, verb);
        run.ExitCode.ShouldBe(ExitCodes.SetUp);
        run.Error.ShouldStartWith($"audiencesync: {code}: ");
        run.Error.Trim().ShouldNotContain('\n');
    }

    private static HostSettings Read(params (string Name, string Value)[] environment) =>
        EnvironmentSettings.Read(name => environment.FirstOrDefault(one => one.Name == name).Value);
}
