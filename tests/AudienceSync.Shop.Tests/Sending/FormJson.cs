using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace AudienceSync.Shop.Tests.Sending;

/// <summary>
/// Reads a form as a receiver does: flat fields, <c>person[email]</c> and <c>person.email</c>. The shop nests one level only.
/// </summary>
internal static class FormJson
{
    public static byte[] Read(byte[] form)
    {
        var root = new JsonObject();
        foreach (var pair in Encoding.UTF8.GetString(form).Split('&').Select(pair => pair.Split('=')))
        {
            var path = WebUtility.UrlDecode(pair[0]).TrimEnd(']').Split('.', '[');
            var parent = root;
            foreach (var step in path[..^1])
            {
                parent = (JsonObject)(parent[step] ??= new JsonObject());
            }

            parent.Add(path[^1], WebUtility.UrlDecode(pair[1]));
        }

        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
