using System.Text.RegularExpressions;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// The text by which an operator names a database: a connection string of Npgsql, or a URI as libpq and most hosting services write it
/// (<c>postgres://user:password@host:5432/database?sslmode=require</c>). Problems never quote the text, because it may hold a password.
/// </summary>
public static partial class ConnectionText
{
    /// <summary>libpq's names of parameters, and Npgsql's for the same.</summary>
    private static readonly Dictionary<string, string> Parameters = new(StringComparer.Ordinal)
    {
        ["application_name"] = "Application Name",
        ["channel_binding"] = "Channel Binding",
        ["connect_timeout"] = "Timeout",
        ["dbname"] = "Database",
        ["gssencmode"] = "GSS Encryption Mode",
        ["host"] = "Host",
        ["options"] = "Options",
        ["passfile"] = "Passfile",
        ["password"] = "Password",
        ["port"] = "Port",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslmode"] = "SSL Mode",
        ["sslnegotiation"] = "SSL Negotiation",
        ["sslrootcert"] = "Root Certificate",
        ["target_session_attrs"] = "Target Session Attributes",
        ["user"] = "Username",
    };

    /// <summary>The connection string for Npgsql, or what is wrong with the text: one of them is null.</summary>
    /// <param name="text">A connection string or a URI.</param>
    public static (string? Value, string? Problem) Read(string text)
    {
        try
        {
            var settings = Scheme().IsMatch(text) ? OfUri(text) : new NpgsqlConnectionStringBuilder(text);
            return string.IsNullOrEmpty(settings.Host) ? (null, "names no host") : (settings.ConnectionString, null);
        }
        catch (UriFormatException wrong)
        {
            return (null, wrong.Message);
        }
        catch (ArgumentException wrong)
        {
            return (null, Explain(wrong));
        }
    }

    // An unknown keyword may be the rest of a password that has a semicolon, so it is not quoted.
    private static string Explain(ArgumentException wrong) =>
        wrong.ParamName is null ? "is neither a connection string nor a URI"
        : wrong.InnerException is KeyNotFoundException ? "has an unknown keyword (a value with a semicolon must be in quotation marks)"
        : $"has a wrong value for {wrong.ParamName}";

    private static NpgsqlConnectionStringBuilder OfUri(string text)
    {
        if (UriForm().Match(text) is not { Success: true } parts)
        {
            throw new UriFormatException("is not of the form postgres://user:password@host:port/database?sslmode=require");
        }

        var settings = new NpgsqlConnectionStringBuilder();
        Set(settings, "Username", parts.Groups["user"]);
        Set(settings, "Password", parts.Groups["password"]);
        Set(settings, "Database", parts.Groups["database"]);
        SetHosts(settings, parts.Groups["hosts"].Value);
        foreach (var parameter in parts.Groups["query"].Value.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = parameter.IndexOf('=', StringComparison.Ordinal) is var at and > 0
                ? (parameter[..at], Uri.UnescapeDataString(parameter[(at + 1)..]))
                : (parameter, "");
            settings[Parameters.GetValueOrDefault(name) ?? throw new UriFormatException($"has an unknown parameter {name}")] = name switch
            {
                "sslmode" => value.Replace("-", "", StringComparison.Ordinal),
                _ => value,
            };
        }

        return settings;
    }

    // One host and its port, or several as Npgsql takes them: a:5432,b:5433. Escaped slashes are the folder of a socket.
    private static void SetHosts(NpgsqlConnectionStringBuilder settings, string hosts)
    {
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            settings.Host = Uri.UnescapeDataString(hosts);
        }
        else if (hosts.Length > 0)
        {
            var parts = HostAndPort().Match(hosts);
            settings.Host = parts.Success
                ? Uri.UnescapeDataString(parts.Groups["host"].Value)
                : throw new UriFormatException("has a wrong host or port");
            Set(settings, "Port", parts.Groups["port"]);
        }
    }

    private static void Set(NpgsqlConnectionStringBuilder settings, string keyword, Group value)
    {
        if (value.Length > 0)
        {
            settings[keyword] = Uri.UnescapeDataString(value.Value);
        }
    }

    [GeneratedRegex(
        "^postgres(ql)?://",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Scheme();

    [GeneratedRegex(
        @"^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^@/?]*))?@)?(?<hosts>[^/?@]*)(/(?<database>[^?/]*))?(\?(?<query>.*))?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex UriForm();

    [GeneratedRegex(
        @"^(?<host>\[[0-9a-f:.%]+\]|[^:\[\]]+)(:(?<port>[0-9]+))?$",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex HostAndPort();
}
