using Microsoft.AspNetCore.Http;

namespace AudienceSync.Host.Configuration;

/// <summary>The addresses to listen on, separated by semicolons: <c>http://HOST:PORT</c>, with <c>*</c> for every interface.</summary>
internal static class ListenAddresses
{
    /// <summary>Returns the text as it is.</summary>
    /// <param name="urls">The value of the variable.</param>
    /// <param name="variable">Its name, for the refusal.</param>
    /// <exception cref="SetupException">urls_invalid</exception>
    public static string Check(string urls, string variable)
    {
        var addresses = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (addresses.Length == 0)
        {
            throw Invalid(variable, urls);
        }

        foreach (var address in addresses.Where(address => !IsValid(address)))
        {
            throw Invalid(variable, address);
        }

        return urls;
    }

    private static bool IsValid(string address)
    {
        try
        {
            // A port of 0 takes a free one.
            return BindingAddress.Parse(address)
                    is { Scheme: "http", PathBase: "", IsUnixPipe: false, Port: >= 0 and <= 65535, Host: var host }
                && (host is "*" or "+" || Uri.CheckHostName(host) != UriHostNameType.Unknown);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static SetupException Invalid(string variable, string address) =>
        new("urls_invalid", $"{variable} is not of the form http://HOST:PORT: {address}. TLS is left to a proxy.");
}
