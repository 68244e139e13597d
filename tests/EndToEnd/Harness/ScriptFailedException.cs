namespace WsCluster.Tests.EndToEnd.Harness;

/// <summary>A client script did not pass.</summary>
internal sealed class ScriptFailedException(string message) : Exception(message);
